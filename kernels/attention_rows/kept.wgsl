// Dropout factors of a quad of weights, recomputed wherever they are needed.
fn kept(row: Row, quad: u32) -> vec4f {
  let at = ((row.head * params.batch + row.sample) * params.queries + row.query) * params.width + quad * 4u;
  return vec4f(
    dropout_factor(step.seed, step.step, params.site, at, params.rate),
    dropout_factor(step.seed, step.step, params.site, at + 1u, params.rate),
    dropout_factor(step.seed, step.step, params.site, at + 2u, params.rate),
    dropout_factor(step.seed, step.step, params.site, at + 3u, params.rate));
}
