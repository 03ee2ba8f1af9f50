// dk_j = s sum_i ds_ij q_i and dv_j = sum_i A_ij dO_i; with TOGETHER 1 their sum, for keys that are the values.
@group(0) @binding(6) var<storage, read_write> dk: array<f32>;  // [samples, keys, heads depth]
@group(0) @binding(7) var<storage, read_write> dv: array<f32>;
override TOGETHER: u32 = 0u;

struct Gradients { weight: vec4f, score: vec4f }
fn gradients(score: vec4f, upstream: vec4f, query: u32, key: vec4u) -> Gradients {
  let queries = vec4u(query);
  let statistic = of_query(query);
  let scaled = params.scale * score;
  let weight = weights(scaled, queries, key, vec4f(statistic.x));
  let factor = kept(queries, key);
  return Gradients(weight * factor,
    params.scale * weight * (upstream * factor - statistic.y) * slope(scaled, key));
}

fn store(row: u32, channel: u32, key: f32, value: f32) {
  if (row >= params.keys || channel >= params.depth) { return; }
  let at = ((sample * params.keys + row) * params.heads + head) * params.depth + channel;
  if (TOGETHER == 1u) { dk[at] = key + value; return; }
  dk[at] = key;
  dv[at] = value;
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
  var key_@s = vec4f();
  var value_@s = vec4f();
  for (var other0 = 0u; other0 < params.queries; other0 += OTHERS) {
    let scores = product(KEY, QUERY, own0, other0, lane);
    let upstream = product(VALUE, UPSTREAM, own0, other0, lane);
    let first = gradients(scores.first, upstream.first, other0 + x, rows);
    let second = gradients(scores.second, upstream.second, other0 + x + 16u, rows);
    share(Pairs(first.weight, second.weight), lane);
    @add UPSTREAM to value
    workgroupBarrier();
    share(Pairs(first.score, second.score), lane);
    @add QUERY to key
  }
  for (var r = 0u; r < 4u; r++) {
    store(rows[r], 16u * @su + x, key_@s[r], value_@s[r]);
  }
}
