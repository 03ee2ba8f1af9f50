// Counter-based random numbers keyed by (seed, step, site, element): recomputed wherever needed, never stored.
struct StepState { step: u32, seed: u32, learning_rate: f32 }

fn mix32(value: u32) -> u32 {
  var x = value;
  x ^= x >> 16u; x *= 0x7feb352du;
  x ^= x >> 15u; x *= 0x846ca68bu;
  return x ^ (x >> 16u);
}

// What the elements of a site in a step have in common.
fn random_key(seed: u32, step: u32, site: u32) -> u32 {
  return mix32(seed ^ mix32(step + 0x9e3779b9u) ^ mix32(site * 0x85ebca6bu + 0x6a09e667u));
}

// Uniform in [0, 1), 24 bits.
fn uniform_of(key: u32, element: u32) -> f32 {
  return f32(mix32(mix32(element + key) ^ (key * 0x9e3779b1u)) >> 8u) * 5.9604644775390625e-8;
}

fn uniform_random(seed: u32, step: u32, site: u32, element: u32) -> f32 {
  return uniform_of(random_key(seed, step, site), element);
}

// 0, or 1 / (1 - rate): inverted dropout.
fn dropout_of(key: u32, element: u32, rate: f32) -> f32 {
  return select(0.0, 1.0 / (1.0 - rate), uniform_of(key, element) >= rate);
}

fn dropout_factor(seed: u32, step: u32, site: u32, element: u32, rate: f32) -> f32 {
  return dropout_of(random_key(seed, step, site), element, rate);
}
