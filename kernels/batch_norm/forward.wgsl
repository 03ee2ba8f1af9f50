// BatchNorm1d over the rows of [rows, width] that count, then an optional ReLU and dropout; the rows after them become zero. TRAIN 1
// normalises with the batch's mean and biased variance and moves the running statistics (unbiased variance); TRAIN 0 uses the
// running statistics. One thread: one column of one chunk of rows. A batch of one chunk finds its statistics here, a longer
// one puts those of its chunks together, in order, in every thread.
struct Params { rows: u32, width: u32, chunk: u32, chunks: u32, epsilon: f32, momentum: f32, site: u32, rate: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> partial: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> statistics: array<vec4f>;  // mean, 1 / deviation, scale, shift
@group(0) @binding(6) var<uniform> params: Params;

override TRAIN: u32 = 1u;
override RELU: u32 = 0u;

fn statistics_of_batch(column: u32) -> Statistics {
  if (params.chunks == 1u) { return statistics_of(0u, column); }
  var all = Statistics();
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    let rows = rows_of(chunk);
    let next = partial[chunk * params.width + column];
    all = together(all, Statistics(f32(rows.y - rows.x), next.x, next.y));
  }
  return all;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.width * params.chunks) { return; }
  let column = i % params.width;
  let chunk = i / params.width;
  var mean = 0.0;
  var variance = 0.0;
  if (TRAIN == 1u) {
    let all = statistics_of_batch(column);
    mean = all.mean;
    variance = all.squares / max(all.count, 1.0);
    // A single row has no unbiased variance; an empty batch moves nothing.
    if (chunk == 0u && all.count > 0.0) {
      let keep = 1.0 - params.momentum;
      let unbiased = all.squares / max(all.count - 1.0, 1.0);
      running_mean[column] = keep * running_mean[column] + params.momentum * mean;
      running_variance[column] = keep * running_variance[column] + params.momentum * unbiased;
    }
  } else {
    mean = running_mean[column];
    variance = running_variance[column];
  }
  let inverse = 1.0 / sqrt(variance + params.epsilon);
  let scale = scale_of(column);
  let shift = shift_of(column);
  if (chunk == 0u) { statistics[column] = vec4f(mean, inverse, scale, shift); }
  let used = rows_used();
  let end = min((chunk + 1u) * params.chunk, params.rows);
  for (var row = chunk * params.chunk; row < end; row++) {
    let at = row * params.width + column;
    var value = 0.0;
    if (row < used) { value = scale * (x[at] - mean) * inverse + shift; }
    if (RELU == 1u) { value = relu(value); }
    y[at] = kept(at, value);
  }
}
