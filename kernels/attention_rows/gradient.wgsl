// ds_ij = A_ij (D_ij - sum_k A_ik D_ik), 0 where the score was clipped or masked: from the gradient D of the weights to that of the
// scores, and the sum of each row. With IN_PLACE 1 D is what `dscore` holds. Under dropout D is that of the dropped weights.
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;
@group(0) @binding(1) var<storage, read> upstream: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dscore: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> row_sums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: StepState;
override IN_PLACE: u32 = 0u;
override DROPOUT: u32 = 0u;

fn weight_gradient(row: Row, quad: u32) -> vec4f {
  var value: vec4f;
  if (IN_PLACE == 1u) { value = dscore[row.start + quad]; } else { value = upstream[row.start + quad]; }
  if (DROPOUT == 1u) { value *= kept(row, quad); }
  return select(vec4f(), value, inside(quad));
}

fn score_gradient(row: Row, quad: u32, inner: f32) -> vec4f {
  let weight = weights[row.start + quad];
  let value = weight * (weight_gradient(row, quad) - inner);
  let marked = (bitcast<vec4u>(weight) & vec4u(1u)) != vec4u(0u);
  return select(value, vec4f(), !inside(quad) | (marked & vec4<bool>(NORMALISE != 0u)));
}
