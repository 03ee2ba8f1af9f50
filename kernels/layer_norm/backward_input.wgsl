// dx of row normalisation. One workgroup of 64 threads: one row. With u = dy * scale, r = 1 / deviation (+ eps):
// dx = r (u - mean(u)) - f (x - mean), f = r^3 sum(u (x - mean)) / D for PyTorch,
// f = r^2 sum(u (x - mean)) / ((D - 1) deviation) for MAT, and 0 there when the deviation is 0.
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
const THREADS = 64u;
alias Summand = vec2f;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  let mean = statistics[row].x;
  let deviation = statistics[row].y;
  var sum = vec2f();
  for (var i = lane; i < params.width; i += 64u) {
    let u = dy[start + i] * scale[i];
    sum += vec2f(u, u * (x[start + i] - mean));
  }
  let all = workgroup_sum(lane, sum);
  let width = f32(params.width);
  var r = 1.0 / deviation;
  var f = r * r * r * all.y / width;
  if (KIND == 1u) {
    r = 1.0 / (deviation + params.epsilon);
    f = select(0.0, r * r * all.y / ((width - 1.0) * max(deviation, 1e-37)), deviation > 0.0);
  }
  for (var i = lane; i < params.width; i += 64u) {
    var value = r * (dy[start + i] * scale[i] - all.x / width) - f * (x[start + i] - mean);
    if (ADD == 1u) { value += dx[start + i]; }
    if (PLUS == 1u) { value += plus[start + i]; }
    dx[start + i] = value;
  }
}
