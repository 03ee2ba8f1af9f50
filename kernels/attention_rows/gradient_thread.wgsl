// One thread: one row.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let r = id.x + id.y * groups.x * 64u;
  if (r >= params.rows) { return; }
  let row = row_at(r);
  var inner = vec4f();
  for (var q = 0u; q < params.quads; q++) { inner += weights[row.start + q] * weight_gradient(row, q); }
  let mean = dot(inner, vec4f(1.0));
  var marked = vec4f();
  for (var q = 0u; q < params.quads; q++) { marked += score_gradient(row, q, mean); }
  if (SUM_ROWS == 1u) { row_sums[r] = mean * deficits[r] - dot(marked, vec4f(1.0)); }
}
