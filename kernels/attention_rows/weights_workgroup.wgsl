// One workgroup of 64 threads: one row, neighbouring threads neighbouring quads. For GPUs.
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
  var top = 0.0;
  if (NORMALISE != 1u) {
    var largest = vec4f(LOWEST);
    for (var q = lane; q < params.quads; q += 64u) { largest = max(largest, bounded(row, q)); }
    top = workgroup_max(lane, max(max(largest.x, largest.y), max(largest.z, largest.w)));
  }
  var sums = vec4f();
  for (var q = lane; q < params.quads; q += 64u) {
    let weight = unnormalised(row, q, top);
    weights[row.start + q] = weight;
    sums += abs(weight);
  }
  let scale = factor(workgroup_sum(lane, dot(sums, vec4f(1.0))));
  if (lane == 0u) { deficits[r] = deficit(scale); }
  for (var q = lane; q < params.quads; q += 64u) {
    weights[row.start + q] = normalised(weights[row.start + q], scale);
  }
}
