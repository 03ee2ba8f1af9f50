// y_i = sum_j A_ij v_j with the maximum and the sum of each row of weights kept up to date, and the logarithm of that sum.
// NORMALISE 1 needs no maximum: its scores are bounded.
@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> masks: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> log_sums: array<f32>;  // [samples, heads, queries]
@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(7) var<uniform> step: StepState;

fn table(source: u32, at: u32) -> f32 {
  if (source == QUERY) { return q[at]; }
  if (source == KEY) { return k[at]; }
  return v[at];
}

fn masked(score: vec4f, key: u32) -> vec4f {
  var result = params.scale * score;
  if (NORMALISE == 2u) { result = select(vec4f(-1e10), result, key_mask(vec4u(key)) != vec4f()); }
  return select(vec4f(LOWEST), result, vec4<bool>(key < params.keys));
}

fn unnormalised(score: vec4f, largest: vec4f, query: vec4u, key: u32) -> vec4f {
  if (key >= params.keys) { return vec4f(); }
  if (NORMALISE == 1u) {
    return exp(clamped(score, 10.0)) * key_mask(vec4u(key)) * query_mask(query);
  }
  return exp(score - largest);
}

fn store(row: u32, channel: u32, result: f32) {
  if (row >= params.queries || channel >= params.depth) { return; }
  y[((sample * params.queries + row) * params.heads + head) * params.depth + channel] = result;
}

@compute @workgroup_size(256)
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
  var largest = vec4f(LOWEST);
  var sums = vec4f();
  var acc_@s = vec4f();
  for (var other0 = 0u; other0 < params.keys; other0 += OTHERS) {
    let products = product(QUERY, KEY, own0, other0, lane);
    let first = masked(products.first, other0 + x);
    let second = masked(products.second, other0 + x + 16u);
    if (NORMALISE != 1u) {
      let next = max(largest, over_row(max(first, second), true, lane));
      let shrink = exp(largest - next);
      largest = next;
      sums *= shrink;
      acc_@s *= shrink;
    }
    var weights: Pairs;
    weights.first = unnormalised(first, largest, rows, other0 + x);
    weights.second = unnormalised(second, largest, rows, other0 + x + 16u);
    sums += weights.first + weights.second;
    weights.first *= kept(rows, vec4u(other0 + x));
    weights.second *= kept(rows, vec4u(other0 + x + 16u));
    share(weights, lane);
    @add VALUE to acc
  }
  var total = over_row(sums, false, lane);
  var log_sum = log(total) + largest;
  if (NORMALISE == 1u) {
    total += 1e-5;
    log_sum = log(total);
  }
  if (NORMALISE == 2u) { log_sum = select(log_sum, vec4f(ALL_MASKED), largest <= vec4f(-1e10)); }
  if (x == 0u) {
    for (var r = 0u; r < 4u; r++) {
      if (rows[r] < params.queries) {
        log_sums[(sample * params.heads + head) * params.queries + rows[r]] = log_sum[r];
      }
    }
  }
  for (var r = 0u; r < 4u; r++) {
    store(rows[r], 16u * @su + x, acc_@s[r] / total[r]);
  }
}
