// r = (1 - tanh(a + b)) / 2 of a query and a key, four channels at a time. Factorised: alpha = exp(2a) and beta = exp(2b) lie in
// memory, one reciprocal. Exact: a and b lie there, one exponential. Which of the two, the range of the queries decides (range.wgsl).
fn pair_factorised(query: vec4f, key: vec4f) -> vec4f { return 1.0 / (1.0 + query * key); }
fn pair_exact(query: vec4f, key: vec4f) -> vec4f {
  return 1.0 / (1.0 + exponentials(2.0 * clamped(query + key, 15.0)));
}
