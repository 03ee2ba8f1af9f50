// BatchNorm1d over [rows, width]. One thread: one column. TRAIN 1 normalises with the batch's mean and biased
// variance and moves the running statistics (unbiased variance); TRAIN 0 uses the running statistics.
struct Params { rows: u32, width: u32, epsilon: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> shift: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> statistics: array<vec2f>;  // mean, 1 / deviation
@group(0) @binding(7) var<uniform> params: Params;

override TRAIN: u32 = 1u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= params.width) { return; }
  var mean = running_mean[column];
  var variance = running_variance[column];
  if (TRAIN == 1u) {
    let rows = f32(params.rows);
    var sum = 0.0;
    for (var row = 0u; row < params.rows; row++) { sum += x[row * params.width + column]; }
    let batch_mean = sum / rows;
    var squares = 0.0;
    for (var row = 0u; row < params.rows; row++) {
      let d = x[row * params.width + column] - batch_mean;
      squares += d * d;
    }
    running_mean[column] = (1.0 - params.momentum) * mean + params.momentum * batch_mean;
    running_variance[column] = (1.0 - params.momentum) * variance + params.momentum * squares / (rows - 1.0);
    mean = batch_mean;
    variance = squares / rows;
  }
  let inverse = 1.0 / sqrt(variance + params.epsilon);
  for (var row = 0u; row < params.rows; row++) {
    let at = row * params.width + column;
    y[at] = scale[column] * (x[at] - mean) * inverse + shift[column];
  }
  statistics[column] = vec2f(mean, inverse);
}
