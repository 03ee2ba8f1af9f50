// Where the gradient of the queries goes, and R1 beside it: dq = 4 w (R1 - R2).
@group(0) @binding(5) var<storage, read_write> dquery: array<f32>;    // [key parts, parts, queries, heads depth]
@group(0) @binding(6) var<storage, read_write> r_sums: array<f32>;    // likewise
@group(0) @binding(7) var<uniform> params: Params;

fn store(row: u32, head: u32, quad: u32, first: vec4f, second: vec4f) {
  let gradient = 4.0 * vector[quad] * (first - second);
  let at = (row * params.heads + head) * params.depth + quad * 4u;
  for (var c = 0u; c < 4u && quad * 4u + c < params.depth; c++) {
    dquery[at + c] = gradient[c];
    r_sums[at + c] = first[c];
  }
}
