// Row normalisation for software adapters, where barriers cost more than idle lanes. One thread: one row.
// Same definitions and bindings as forward.wgsl.
struct Params { rows: u32, width: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> shift: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2f>;  // mean, deviation of each row
@group(0) @binding(5) var<uniform> params: Params;

override KIND: u32 = 0u;

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 8u;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  let end = start + params.width;
  var sum = 0.0;
  for (var i = start; i < end; i++) { sum += x[i]; }
  let mean = sum / f32(params.width);
  var squares = 0.0;
  for (var i = start; i < end; i++) { let d = x[i] - mean; squares += d * d; }
  var deviation: f32;
  var inverse: f32;
  if (KIND == 0u) {
    deviation = sqrt(squares / f32(params.width) + params.epsilon);
    inverse = 1.0 / deviation;
  } else {
    deviation = sqrt(squares / f32(params.width - 1u));
    inverse = 1.0 / (deviation + params.epsilon);
  }
  for (var i = 0u; i < params.width; i++) {
    y[start + i] = scale[i] * (x[start + i] - mean) * inverse + shift[i];
  }
  statistics[row] = vec2f(mean, deviation);
}
