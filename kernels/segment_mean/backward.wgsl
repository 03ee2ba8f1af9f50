// dx of the segment mean: every row gets its segment's gradient over its length; rows of no segment get zero.
// One thread an element of dx.
struct Params { rows: u32, width: u32, segments: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> segment_of: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  let segment = segment_of[row];
  if (row >= starts[params.segments] || segment >= params.segments) { dx[i] = 0.0; return; }
  dx[i] = dy[segment * params.width + i % params.width] / f32(starts[segment + 1u] - starts[segment]);
}
