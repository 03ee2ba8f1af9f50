// With f = 1 / rms(r) and g = dy scale: dx = f (g - x f^2 mean(g x)); a row's part of dscale is dy x f.
// One workgroup: one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> factor: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<storage, read_write> parts: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;
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
  let f = factor[row];
  var sum = 0.0;
  for (var c = lane; c < params.width; c += THREADS) { sum += dy[start + c] * scale[c] * x[start + c]; }
  let pull = f * f * workgroup_sum(lane, sum) / f32(params.width);
  for (var c = lane; c < params.width; c += THREADS) {
    let i = start + c;
    dx[i] = f * (dy[i] * scale[c] - x[i] * pull);
    parts[i] = dy[i] * x[i] * f;
  }
}
