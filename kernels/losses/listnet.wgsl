// One row of ListNet: -sum softmax(t) ln softmax(p), times scale. One workgroup: one row.
// Kept for the derivative: ln sum e^p and ln sum e^t.
struct Params { rows: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read_write> row_losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  var largest = vec4f(-3.4e38);
  for (var i = start + lane; i < start + params.width; i += 128u) {
    largest = max(largest, vec4f(prediction[i], expected[i], -3.4e38, -3.4e38));
  }
  let top = workgroup_max(lane, largest);
  var sums = vec4f();
  for (var i = start + lane; i < start + params.width; i += 128u) {
    let likely = exp(expected[i] - top.y);
    sums += vec4f(exp(prediction[i] - top.x), likely, likely * (top.x - prediction[i]), 0.0);
  }
  let total = workgroup_sum(lane, sums);
  if (lane != 0u) { return; }
  row_losses[row] = params.scale * (log(total.x) + total.z / total.y);
  statistics[row] = vec2f(top.x + log(total.x), top.y + log(total.y));
}
