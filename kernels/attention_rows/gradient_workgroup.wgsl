// One workgroup of 64 threads: one row.
const THREADS = 64u;
alias Summand = f32;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let r = group.x + group.y * groups.x;
  if (r >= params.rows) { return; }
  let row = row_at(r);
  var inner = vec4f();
  for (var q = lane; q < params.quads; q += 64u) { inner += weights[row.start + q] * weight_gradient(row, q); }
  let mean = workgroup_sum(lane, dot(inner, vec4f(1.0)));
  var marked = vec4f();
  for (var q = lane; q < params.quads; q += 64u) { marked += score_gradient(row, q, mean); }
  if (SUM_ROWS == 0u) { return; }
  let sum = workgroup_sum(lane, dot(marked, vec4f(1.0)));
  if (lane == 0u) { row_sums[r] = mean * deficits[r] - sum; }
}
