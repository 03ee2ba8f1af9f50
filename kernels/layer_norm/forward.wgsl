// Row normalisation. One workgroup of 64 threads: one row. Two passes, so that a large mean costs no digits.
// KIND 0, PyTorch: (x - mean) / sqrt(biased variance + eps). KIND 1, MAT: (x - mean) / (unbiased deviation + eps).
struct Params { rows: u32, width: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> shift: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2f>;  // mean, deviation of each row
@group(0) @binding(5) var<uniform> params: Params;

override KIND: u32 = 0u;
const THREADS = 64u;
alias Summand = f32;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  var sum = 0.0;
  for (var i = lane; i < params.width; i += 64u) { sum += x[start + i]; }
  let mean = workgroup_sum(lane, sum) / f32(params.width);
  var squares = 0.0;
  for (var i = lane; i < params.width; i += 64u) { let d = x[start + i] - mean; squares += d * d; }
  squares = workgroup_sum(lane, squares);
  var deviation: f32;
  var inverse: f32;
  if (KIND == 0u) {
    deviation = sqrt(squares / f32(params.width) + params.epsilon);
    inverse = 1.0 / deviation;
  } else {
    deviation = sqrt(squares / f32(params.width - 1u));
    inverse = 1.0 / (deviation + params.epsilon);
  }
  for (var i = lane; i < params.width; i += 64u) {
    y[start + i] = scale[i] * (x[start + i] - mean) * inverse + shift[i];
  }
  if (lane == 0u) { statistics[row] = vec2f(mean, deviation); }
}
