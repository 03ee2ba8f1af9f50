// Dropout behind what a kernel makes, by `site` and `rate` of its sizes.
@group(0) @binding(7) var<uniform> step: StepState;
override FIRST: u32 = 0u;  // elements before the first, where they are a part of a batch that several processes share
fn kept(at: u32, value: f32) -> f32 {
  return value * dropout_factor(step.seed, step.step, params.site, FIRST + at, params.rate);
}
