// dx = y (dy - sum(y dy)). One workgroup of 64 threads: one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
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
  for (var i = lane; i < params.width; i += 64u) { sum += y[start + i] * dy[start + i]; }
  let inner = workgroup_sum(lane, sum);
  for (var i = lane; i < params.width; i += 64u) { dx[start + i] = y[start + i] * (dy[start + i] - inner); }
}
