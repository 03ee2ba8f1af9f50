// Scores become weights in place, the three ways of badger.md 2.3 and 5.3.
// A clipped or masked score has no gradient, and its weight cannot tell: the last bit of the mantissa does (half an ulp of
// error). What the added 1e-5 keeps of a row's sum, 1 - sum_j A_ij, is a difference too small to find later: `deficits` holds it.
@group(0) @binding(0) var<storage, read> key_mask: array<f32>;
@group(0) @binding(1) var<storage, read> query_mask: array<f32>;
@group(0) @binding(2) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> deficits: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

fn asked(row: Row, quad: u32) -> vec4f {
  if (KEY_MASK == 0u) { return vec4f(1.0); }
  let at = row.sample * params.width + min(columns_of(quad), vec4u(params.width - 1u));
  return vec4f(key_mask[at.x], key_mask[at.y], key_mask[at.z], key_mask[at.w]);
}

// The scores of a quad as the maximum sees them: columns past the end lowest.
fn bounded(row: Row, quad: u32) -> vec4f {
  var score = weights[row.start + quad];
  if (NORMALISE == 2u && KEY_MASK == 1u) { score = select(vec4f(-1e10), score, asked(row, quad) != vec4f()); }
  return select(vec4f(LOWEST), score, inside(quad));
}

// Weights before their common factor; negative where the score has no gradient.
fn unnormalised(row: Row, quad: u32, largest: f32) -> vec4f {
  var weight: vec4f;
  if (NORMALISE == 1u) {
    let score = weights[row.start + quad];
    let clipped = clamped(score, 10.0);
    weight = exp(clipped) * asked(row, quad);
    if (QUERY_MASK == 1u) { weight *= query_mask[row.sample * params.queries + row.query]; }
    weight = select(weight, -weight, score != clipped);
  } else {
    weight = exp(bounded(row, quad) - largest);
    if (NORMALISE == 2u) { weight = select(-weight, weight, asked(row, quad) != vec4f()); }
  }
  return select(vec4f(), weight, inside(quad));
}

fn factor(sum: f32) -> f32 { return 1.0 / select(sum, sum + 1e-5, NORMALISE == 1u); }
fn deficit(scale: f32) -> f32 { return select(0.0, 1e-5 * scale, NORMALISE == 1u); }

fn normalised(weight: vec4f, scale: f32) -> vec4f {
  if (NORMALISE == 0u) { return weight * scale; }
  let bits = bitcast<vec4u>(abs(weight) * scale) & vec4u(0xfffffffeu);
  return bitcast<vec4f>(bits | select(vec4u(0u), vec4u(1u), weight < vec4f()));
}
