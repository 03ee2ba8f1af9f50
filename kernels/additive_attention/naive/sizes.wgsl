// Matrices of a slice: matrix z is head (first + z) / samples of sample (first + z) % samples.
struct Params {
  first: u32, matrices: u32, samples: u32, heads: u32, queries: u32, keys: u32, depth: u32, stride: u32, shared_queries: u32,
}
fn query_start(matrix: u32, i: u32) -> u32 {
  let sample = select(matrix % params.samples, 0u, params.shared_queries == 1u);
  return ((sample * params.queries + i) * params.heads + matrix / params.samples) * params.depth;
}
fn key_start(matrix: u32, j: u32) -> u32 {
  return (((matrix % params.samples) * params.keys + j) * params.heads + matrix / params.samples) * params.depth;
}
