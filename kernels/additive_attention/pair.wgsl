// r = (1 - tanh(a + b)) / 2 of a query and a key, four channels at a time. EXACT 0: alpha = exp(2a) and beta = exp(2b) lie
// in memory, one reciprocal. EXACT 1: a and b lie there, one exponential. Which of the two, the range of the queries
// decides (range.wgsl): both kernels are recorded, and the one that is not wanted returns at once.
override EXACT: u32 = 0u;

fn pair(query: vec4f, key: vec4f) -> vec4f {
  if (EXACT == 1u) { return 1.0 / (1.0 + exponentials(2.0 * clamped(query + key, 15.0))); }
  return 1.0 / (1.0 + query * key);
}
fn idle(factorised: f32) -> bool { return (factorised == 1.0) == (EXACT == 1u); }
