// dx of row normalisation for software adapters. One thread: one row. Same formulas and bindings as backward_input.wgsl.
struct Params { rows: u32, width: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<storage, read> plus: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

override KIND: u32 = 0u;
override ADD: u32 = 0u;   // 1: add to what dx holds
override PLUS: u32 = 0u;  // 1: add plus, laid out like dx

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 8u;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  let mean = statistics[row].x;
  let deviation = statistics[row].y;
  var all = vec2f();
  for (var i = 0u; i < params.width; i++) {
    let u = dy[start + i] * scale[i];
    all += vec2f(u, u * (x[start + i] - mean));
  }
  let width = f32(params.width);
  var r = 1.0 / deviation;
  var f = r * r * r * all.y / width;
  if (KIND == 1u) {
    r = 1.0 / (deviation + params.epsilon);
    f = select(0.0, r * r * all.y / ((width - 1.0) * max(deviation, 1e-37)), deviation > 0.0);
  }
  for (var i = 0u; i < params.width; i++) {
    var value = r * (dy[start + i] * scale[i] - all.x / width) - f * (x[start + i] - mean);
    if (ADD == 1u) { value += dx[start + i]; }
    if (PLUS == 1u) { value += plus[start + i]; }
    dx[start + i] = value;
  }
}
