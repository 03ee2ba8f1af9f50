// y[r, c] = x[r, c] scale[c] / rms(r), rms(r) = root of (mean over c of x[r, c]^2 + epsilon). One workgroup: one row.
struct Params { rows: u32, width: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> factor: array<f32>;  // [rows]: 1 / rms, for the derivative
@group(0) @binding(4) var<uniform> params: Params;
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
  var squares = 0.0;
  for (var c = lane; c < params.width; c += THREADS) { squares += x[start + c] * x[start + c]; }
  let inverse = inverseSqrt(workgroup_sum(lane, squares) / f32(params.width) + params.epsilon);
  for (var c = lane; c < params.width; c += THREADS) { y[start + c] = x[start + c] * inverse * scale[c]; }
  if (lane == 0u) { factor[row] = inverse; }
}
