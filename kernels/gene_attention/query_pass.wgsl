// dq_i = s sum_j ds_ij k_j, ds_ij = A_ij (dO_i . v_j - delta_i).
@group(0) @binding(6) var<storage, read_write> dq: array<f32>;  // [samples, queries, heads depth]

fn score_gradient(score: vec4f, upstream: vec4f, query: vec4u, key: u32, log_sum: vec4f, delta: vec4f) -> vec4f {
  let keys = vec4u(key);
  let scaled = params.scale * score;
  let weight = weights(scaled, query, keys, log_sum);
  return params.scale * weight * (upstream * kept(query, keys) - delta) * slope(scaled, keys);
}

fn store(row: u32, channel: u32, result: f32) {
  if (row >= params.queries || channel >= params.depth) { return; }
  dq[((sample * params.queries + row) * params.heads + head) * params.depth + channel] = result;
}

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32,
) {
  let matrix = group.z * groups.y + group.y;
  if (matrix >= params.samples * params.heads) { return; }
  sample = matrix / params.heads;
  head = matrix % params.heads;
  let own0 = group.x * OWN;
  let x = lane % 16u;
  let rows = vec4u(own0 + lane / 16u * 4u) + rows_apart;
  let s0 = of_query(rows.x); let s1 = of_query(rows.y); let s2 = of_query(rows.z); let s3 = of_query(rows.w);
  let log_sum = vec4f(s0.x, s1.x, s2.x, s3.x);
  let delta = vec4f(s0.y, s1.y, s2.y, s3.y);
  var acc_@s = vec4f();
  for (var other0 = 0u; other0 < params.keys; other0 += OTHERS) {
    let scores = product(QUERY, KEY, own0, other0, lane);
    let upstream = product(UPSTREAM, VALUE, own0, other0, lane);
    share(Pairs(
      score_gradient(scores.first, upstream.first, rows, other0 + x, log_sum, delta),
      score_gradient(scores.second, upstream.second, rows, other0 + x + 16u, log_sum, delta)), lane);
    @add KEY to acc
  }
  for (var r = 0u; r < 4u; r++) {
    store(rows[r], 16u * @su + x, acc_@s[r]);
  }
}
