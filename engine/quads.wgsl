enable subgroups;
// 1 for every thread of a one-dimensional workgroup whose quad is threads 4i to 4i + 3, in order.
@group(0) @binding(0) var<storage, read_write> neighbours: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  let first = lane / 4u * 4u;
  let broadcast = vec4u(
    quadBroadcast(lane, 0u), quadBroadcast(lane, 1u), quadBroadcast(lane, 2u), quadBroadcast(lane, 3u));
  let swapped = vec2u(quadSwapX(lane), quadSwapY(lane));
  let expected = all(broadcast == vec4u(first) + vec4u(0u, 1u, 2u, 3u)) && all(swapped == vec2u(lane ^ 1u, lane ^ 2u));
  neighbours[lane] = select(0u, 1u, expected);
}
