// One thread: one row. For software, where a barrier costs more than it saves, and for short rows.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let r = id.x + id.y * groups.x * 64u;
  if (r >= params.rows) { return; }
  let row = row_at(r);
  var largest = vec4f(LOWEST);
  if (NORMALISE != 1u) {
    for (var q = 0u; q < params.quads; q++) { largest = max(largest, bounded(row, q)); }
  }
  let top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  var sums = vec4f();
  for (var q = 0u; q < params.quads; q++) {
    let weight = unnormalised(row, q, top);
    weights[row.start + q] = weight;
    sums += abs(weight);
  }
  let scale = factor(dot(sums, vec4f(1.0)));
  deficits[r] = deficit(scale);
  for (var q = 0u; q < params.quads; q++) {
    weights[row.start + q] = normalised(weights[row.start + q], scale);
  }
}
