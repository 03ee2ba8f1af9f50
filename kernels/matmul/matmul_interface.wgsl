// C[batch] (+)= A[batch] B[batch] with any strides, then bias, activation, residual: shared by all matmul kernels, which declare
// a and b themselves.
// Strides in elements; element (i, k) of A in batch z is a[a_begin(z) + i*a_row + k*a_column], and so on. A batch has two
// levels, z = outer * inner + part, each with its own stride: heads are parts of a sample without a transposed copy, and an
// operand that several batches share has stride 0.
struct Params {
  m: u32, n: u32, k: u32, inner: u32,
  a_start: u32, a_batch: u32, a_inner: u32, a_row: u32, a_column: u32,
  b_start: u32, b_batch: u32, b_inner: u32, b_row: u32, b_column: u32,
  c_start: u32, c_batch: u32, c_inner: u32, c_row: u32,
  bias_start: u32,
  slope: f32, alpha: f32,
}
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override ACCUMULATE: u32 = 0u;  // 1: add to what C holds
override BIAS: u32 = 0u;        // 1: add bias[bias_start + column]
override ACTIVATION: u32 = 0u;  // 0 none, 1 relu, 2 leaky relu with params.slope
override RESIDUAL: u32 = 0u;    // 1: add residual, laid out like C, after the activation

fn a_begin(z: u32) -> u32 {
  return params.a_start + (z / params.inner) * params.a_batch + (z % params.inner) * params.a_inner;
}
fn b_begin(z: u32) -> u32 {
  return params.b_start + (z / params.inner) * params.b_batch + (z % params.inner) * params.b_inner;
}
fn c_begin(z: u32) -> u32 {
  return params.c_start + (z / params.inner) * params.c_batch + (z % params.inner) * params.c_inner;
}

fn store(z: u32, row: u32, column: u32, product: f32) {
  let at = c_begin(z) + row * params.c_row + column;
  var value = params.alpha * product;
  if (ACCUMULATE == 1u) { value += c[at]; }
  if (BIAS == 1u) { value += bias[params.bias_start + column]; }
  if (ACTIVATION == 1u) { value = relu(value); }
  if (ACTIVATION == 2u) { value = leaky_relu(value, params.slope); }
  if (RESIDUAL == 1u) { value += residual[at]; }
  c[at] = value;
}
