// Softmax of every row. One workgroup of 64 threads: one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
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
  var largest = -3.4e38;
  for (var i = lane; i < params.width; i += 64u) { largest = max(largest, x[start + i]); }
  largest = workgroup_max(lane, largest);
  var sum = 0.0;
  for (var i = lane; i < params.width; i += 64u) { sum += exp(x[start + i] - largest); }
  let scale = 1.0 / workgroup_sum(lane, sum);
  for (var i = lane; i < params.width; i += 64u) { y[start + i] = exp(x[start + i] - largest) * scale; }
}
