// What the backward passes share: weights from scores and the logarithm of their row's sum, and where scores have a gradient.
@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read> masks: array<f32>;
@group(0) @binding(5) var<storage, read> statistics: array<vec2f>;  // [samples, heads, queries]: log of the sum, dO . O
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: StepState;

fn table(source: u32, at: u32) -> f32 {
  if (source == QUERY) { return q[at]; }
  if (source == KEY) { return k[at]; }
  if (source == VALUE) { return v[at]; }
  return dy[at];
}

fn of_query(query: u32) -> vec2f {
  return statistics[(sample * params.heads + head) * params.queries + min(query, params.queries - 1u)];
}

fn weights(score: vec4f, query: vec4u, key: vec4u, log_sum: vec4f) -> vec4f {
  var weight: vec4f;
  if (NORMALISE == 1u) {
    weight = exp(clamped(score, 10.0) - log_sum) * key_mask(key) * query_mask(query);
  } else {
    weight = exp(min(score - log_sum, vec4f(0.0)));
    if (NORMALISE == 2u) {
      let all = select(vec4f(), vec4f(1.0 / f32(params.keys)), log_sum == vec4f(ALL_MASKED));
      weight = select(all, weight, key_mask(key) != vec4f());
    }
  }
  return select(vec4f(), weight, (query < vec4u(params.queries)) & (key < vec4u(params.keys)));
}

fn slope(score: vec4f, key: vec4u) -> vec4f {
  if (NORMALISE == 1u) { return select(vec4f(), vec4f(1.0), abs(score) <= vec4f(10.0)); }
  if (NORMALISE == 2u) { return select(vec4f(), vec4f(1.0), key_mask(key) != vec4f()); }
  return vec4f(1.0);
}
