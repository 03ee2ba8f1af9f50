// One row's share of cosine 2 (1 - cos(p, t)) + squared sum of w (p - t)^2; the two factors hold the means.
// One workgroup: one row. Kept for the derivative: 1 / |p|, 1 / |t|, the cosine, and 1 where |p| moves with p.
struct Params { rows: u32, width: u32, cosine: f32, squared: f32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> row_losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec4f>;
@group(0) @binding(5) var<uniform> params: Params;

override WEIGHTED: u32 = 0u;
const smallest_norm = 1e-8;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  var sums = vec4f();
  for (var i = lane; i < params.width; i += 128u) {
    let p = prediction[row * params.width + i];
    let t = expected[row * params.width + i];
    var w = 1.0;
    if (WEIGHTED == 1u) { w = weights[i]; }
    sums += vec4f(p * t, p * p, t * t, w * (p - t) * (p - t));
  }
  let total = workgroup_sum(lane, sums);
  if (lane != 0u) { return; }
  let norm = sqrt(total.y);
  let inverse = 1.0 / max(norm, smallest_norm);
  let inverse_expected = 1.0 / max(sqrt(total.z), smallest_norm);
  let cosine = total.x * inverse * inverse_expected;
  row_losses[row] = params.cosine * 2.0 * (1.0 - cosine) + params.squared * total.w;
  statistics[row] = vec4f(inverse, inverse_expected, cosine, select(0.0, 1.0, norm > smallest_norm));
}
