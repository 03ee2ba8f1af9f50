// Derivative of the cosine and squared loss with respect to the prediction. One thread an element.
struct Params { rows: u32, width: u32, cosine: f32, squared: f32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

override WEIGHTED: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let p = prediction[i];
  let t = expected[i];
  let kept = statistics[i / params.width];
  var w = 1.0;
  if (WEIGHTED == 1u) { w = weights[i % params.width]; }
  let cosine_slope = kept.x * (t * kept.y - kept.w * kept.z * p * kept.x);
  dx[i] = dy[0] * (params.squared * 2.0 * w * (p - t) - params.cosine * 2.0 * cosine_slope);
}
