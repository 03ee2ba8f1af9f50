// A chain of up to four element-wise stages, chosen when the pipeline is made. u and v are a stage's two scalars.
override STAGE0: u32 = 0u;
override STAGE1: u32 = 0u;
override STAGE2: u32 = 0u;
override STAGE3: u32 = 0u;
// Elements before the first of x, where x is a part of a batch that several processes share.
override FIRST: u32 = 0u;

struct Params { n: u32, site: u32, u0: f32, v0: f32, u1: f32, v1: f32, u2: f32, v2: f32, u3: f32, v3: f32 }

fn stage(kind: u32, x: f32, u: f32, v: f32, factor: f32) -> f32 {
  switch (kind) {
    case 1u: { return x * u + v; }        // affine
    case 2u: { return relu(x); }
    case 3u: { return leaky_relu(x, u); }
    case 4u: { return x * factor; }       // dropout
    case 5u: { return hyperbolic_tangent(x); }
    case 6u: { return sigmoid(x); }
    case 7u: { return exponential(x); }
    case 8u: { return x * x; }
    case 9u: { return elu(x); }
    default: { return x; }
  }
}

// d stage / dx, with y = stage(x).
fn slope(kind: u32, x: f32, y: f32, u: f32, factor: f32) -> f32 {
  switch (kind) {
    case 1u: { return u; }
    case 2u: { return select(0.0, 1.0, x > 0.0); }
    case 3u: { return select(u, 1.0, x > 0.0); }
    case 4u: { return factor; }
    case 5u: { return 1.0 - y * y; }
    case 6u: { return y * (1.0 - y); }
    case 7u: { return y; }
    case 8u: { return 2.0 * x; }
    case 9u: { return select(y + 1.0, 1.0, x > 0.0); }
    default: { return 1.0; }
  }
}

fn has_dropout() -> bool { return STAGE0 == 4u || STAGE1 == 4u || STAGE2 == 4u || STAGE3 == 4u; }
fn dropout_rate() -> f32 {
  if (STAGE0 == 4u) { return params.u0; }
  if (STAGE1 == 4u) { return params.u1; }
  if (STAGE2 == 4u) { return params.u2; }
  return params.u3;
}
fn keep_factor(i: u32) -> f32 {
  if (!has_dropout()) { return 1.0; }
  return dropout_factor(step.seed, step.step, params.site, FIRST + i, dropout_rate());
}
