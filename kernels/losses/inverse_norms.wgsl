// 1 / |e| of every row, 0 for a zero row, whose cosines count nothing. One workgroup: one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> inverse: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  var sum = 0.0;
  for (var i = row * params.width + lane; i < (row + 1u) * params.width; i += 128u) { sum += x[i] * x[i]; }
  let total = workgroup_sum(lane, vec4f(sum, 0.0, 0.0, 0.0));
  if (lane != 0u) { return; }
  var value = 0.0;
  if (total.x > 0.0) { value = 1.0 / sqrt(total.x); }
  inverse[row] = value;
}
