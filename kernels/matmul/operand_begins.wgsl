// First element of A and of B in batch z. A batch has two levels, z = outer * inner + part, each with its own stride: heads are
// parts of a sample without a transposed copy, and an operand that several batches share has stride 0.
fn a_begin(z: u32) -> u32 {
  let batch = z % params.batches;
  return params.a_start + (batch / params.inner) * params.a_batch + (batch % params.inner) * params.a_inner;
}
fn b_begin(z: u32) -> u32 {
  let batch = z % params.batches;
  return params.b_start + (batch / params.inner) * params.b_batch + (batch % params.inner) * params.b_inner;
}
