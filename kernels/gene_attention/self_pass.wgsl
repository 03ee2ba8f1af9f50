// Queries = keys = values = X without masks, in one pass: the scores are symmetric, so both directions of a pair follow from
// one product. dx_i = sum_j [A_ji dO_j + s (A_ij (dO_i . x_j - delta_i) + A_ji (dO_j . x_i - delta_j)) x_j]
// (engine-notes.md 4).
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

struct Gradients { weight: vec4f, score: vec4f }
fn gradients(
  score: vec4f, there: vec4f, back: vec4f, own: vec4u, other: u32, log_sum: vec4f, delta: vec4f,
) -> Gradients {
  let others = vec4u(other);
  let statistic = of_query(other);
  let scaled = params.scale * score;
  let towards = weights(scaled, own, others, log_sum);
  let returned = weights(scaled, others, own, vec4f(statistic.x));
  return Gradients(returned, params.scale * (towards * (there - delta) + returned * (back - statistic.y)));
}

fn store(row: u32, channel: u32, result: f32) {
  if (row >= params.queries || channel >= params.depth) { return; }
  dx[((sample * params.queries + row) * params.heads + head) * params.depth + channel] = result;
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
    let scores = product(QUERY, QUERY, own0, other0, lane);
    let there = product(UPSTREAM, QUERY, own0, other0, lane);
    let back = product(QUERY, UPSTREAM, own0, other0, lane);
    let first = gradients(scores.first, there.first, back.first, rows, other0 + x, log_sum, delta);
    let second = gradients(scores.second, there.second, back.second, rows, other0 + x + 16u, log_sum, delta);
    share(Pairs(first.score, second.score), lane);
    @add QUERY to acc
    workgroupBarrier();
    share(Pairs(first.weight, second.weight), lane);
    @add UPSTREAM to acc
  }
  for (var r = 0u; r < 4u; r++) {
    store(rows[r], 16u * @su + x, acc_@s[r]);
  }
}
