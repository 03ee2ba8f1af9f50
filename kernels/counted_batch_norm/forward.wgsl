// Batch norm without scale and shift over the first count rows, then an optional ReLU; the rows after them become zero.
// One workgroup: one column. TRAIN 1 normalises with the rows' mean and biased variance and moves the running
// statistics (unbiased variance); TRAIN 0 uses the running statistics. Kept: mean and 1 / deviation.
struct Params { rows: u32, width: u32, epsilon: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> count: array<u32>;
@group(0) @binding(2) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> statistics: array<vec2f>;
@group(0) @binding(6) var<uniform> params: Params;

override TRAIN: u32 = 1u;
override RELU: u32 = 0u;

const THREADS = 128u;
alias Summand = f32;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = group.x;
  let used = min(count[0], params.rows);
  let rows = f32(max(used, 1u));
  var sum = 0.0;
  for (var row = lane; row < used; row += 128u) { sum += x[row * params.width + column]; }
  let batch_mean = workgroup_sum(lane, sum) / rows;
  var squares = 0.0;
  for (var row = lane; row < used; row += 128u) {
    let d = x[row * params.width + column] - batch_mean;
    squares += d * d;
  }
  let squared = workgroup_sum(lane, squares);
  var mean = batch_mean;
  var variance = squared / rows;
  if (TRAIN == 0u) {
    mean = running_mean[column];
    variance = running_variance[column];
  }
  let inverse = 1.0 / sqrt(variance + params.epsilon);
  for (var row = lane; row < params.rows; row += 128u) {
    let at = row * params.width + column;
    var value = 0.0;
    if (row < used) { value = (x[at] - mean) * inverse; }
    if (RELU == 1u) { value = relu(value); }
    y[at] = value;
  }
  if (lane != 0u) { return; }
  statistics[column] = vec2f(mean, inverse);
  // A single row has no unbiased variance; an empty batch moves nothing.
  if (TRAIN == 1u && used > 0u) {
    let keep = 1.0 - params.momentum;
    running_mean[column] = keep * running_mean[column] + params.momentum * batch_mean;
    let unbiased = squared / max(rows - 1.0, 1.0);
    running_variance[column] = keep * running_variance[column] + params.momentum * unbiased;
  }
}
