// Ratio of the two sums; the mask's is kept. One workgroup in all.
struct Params { groups: u32 }
@group(0) @binding(0) var<storage, read> partial_sums: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> loss: array<f32>;
@group(0) @binding(2) var<storage, read_write> count: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sums = vec4f();
  for (var i = lane; i < params.groups; i += 128u) { sums += vec4f(partial_sums[i], 0.0, 0.0); }
  let total = workgroup_sum(lane, sums);
  if (lane != 0u) { return; }
  count[0] = max(total.y, 1e-10);
  loss[0] = total.x / max(total.y, 1e-10);
}
