// ds_ij = A_ij (D_ij - sum_k A_ik D_ik), 0 where the score was clipped or masked: from the gradient D of the weights to that of the
// scores. With IN_PLACE 1 D is what `dscore` holds. Under dropout D is that of the dropped weights.
// With SUM_ROWS 1 also the sum of each row. Its terms cancel but for what the normalisation and the marks leave, and that is
// sum_j A_ij D_ij (1 - sum_j A_ij) less the terms of the marked: no sum of all terms in f32 comes near.
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;
@group(0) @binding(1) var<storage, read> upstream: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dscore: array<vec4f>;
@group(0) @binding(3) var<storage, read> deficits: array<f32>;
@group(0) @binding(4) var<storage, read_write> row_sums: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: StepState;
override IN_PLACE: u32 = 0u;
override DROPOUT: u32 = 0u;
override SUM_ROWS: u32 = 0u;

fn weight_gradient(row: Row, quad: u32) -> vec4f {
  var value: vec4f;
  if (IN_PLACE == 1u) { value = dscore[row.start + quad]; } else { value = upstream[row.start + quad]; }
  if (DROPOUT == 1u) { value *= kept(row, quad); }
  return select(vec4f(), value, inside(quad));
}

// Writes the gradient of a quad of scores; returns what the marked among them would have had.
fn score_gradient(row: Row, quad: u32, inner: f32) -> vec4f {
  let weight = weights[row.start + quad];
  let value = select(vec4f(), weight * (weight_gradient(row, quad) - inner), inside(quad));
  let marked = ((bitcast<vec4u>(weight) & vec4u(1u)) != vec4u(0u)) & vec4<bool>(NORMALISE != 0u);
  dscore[row.start + quad] = select(value, vec4f(), marked);
  return select(vec4f(), value, marked);
}
