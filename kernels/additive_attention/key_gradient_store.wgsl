// Where the gradient of the keys goes: dk = 4 w times the sum of ds (r - r^2).
@group(0) @binding(5) var<storage, read_write> dkey: array<f32>;  // [parts, samples keys, heads depth]
@group(0) @binding(6) var<uniform> params: Params;

fn store(row: u32, head: u32, quad: u32, sum: vec4f) {
  let gradient = 4.0 * vector[quad] * sum;
  let at = (row * params.heads + head) * params.depth + quad * 4u;
  for (var c = 0u; c < 4u && quad * 4u + c < params.depth; c++) { dkey[at + c] = gradient[c]; }
}
