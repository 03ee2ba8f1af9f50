// Softmax of every row, without barriers: for software, and for reading. One thread: one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 8u;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  var largest = -3.4e38;
  for (var i = 0u; i < params.width; i++) { largest = max(largest, x[start + i]); }
  var sum = 0.0;
  for (var i = 0u; i < params.width; i++) {
    let value = exp(x[start + i] - largest);
    y[start + i] = value;
    sum += value;
  }
  let scale = 1.0 / sum;
  for (var i = 0u; i < params.width; i++) { y[start + i] *= scale; }
}
