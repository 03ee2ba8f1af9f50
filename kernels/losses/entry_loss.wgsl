// One row's sum of a loss of each entry's error, times scale. One workgroup: one row.
struct Params { rows: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read_write> row_losses: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  var sum = 0.0;
  for (var i = row * params.width + lane; i < (row + 1u) * params.width; i += 128u) {
    sum += entry_value(prediction[i] - expected[i]);
  }
  let total = workgroup_sum(lane, vec4f(sum, 0.0, 0.0, 0.0));
  if (lane == 0u) { row_losses[row] = params.scale * total.x; }
}
