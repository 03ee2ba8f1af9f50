// C[batch] (+)= A[batch] B[batch] with any strides, then bias, activation, residual: shared by all matmul kernels, which declare
// a and b themselves.
// Strides in elements; element (i, k) of A in batch z is a[a_begin(z) + i*a_row + k*a_column], and so on (operand_begins.wgsl).
// A long sum is cut into parts of `per` steps of K, each with a C of its own (c_part apart) that matmul_sum.wgsl adds up: z
// counts the parts, and in each the batches.
struct Params {
  m: u32, n: u32, k: u32, per: u32, parts: u32, batches: u32, inner: u32,
  a_start: u32, a_batch: u32, a_inner: u32, a_row: u32, a_column: u32,
  b_start: u32, b_batch: u32, b_inner: u32, b_row: u32, b_column: u32,
  c_start: u32, c_batch: u32, c_inner: u32, c_row: u32, c_part: u32,
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

// First row and column of a workgroup's tile, and z. Workgroups are counted in one line, folded where it is too long for one
// dimension of the grid: behind the last tile z is past the end.
struct Tile { row: u32, column: u32, z: u32 }
fn tile_of(group: vec3u, groups: vec3u, rows: u32, columns: u32) -> Tile {
  let across = (params.n + columns - 1u) / columns;
  let down = (params.m + rows - 1u) / rows;
  let i = group.x + group.y * groups.x;
  return Tile(i / across % down * rows, i % across * columns, i / across / down);
}
fn past_end(tile: Tile) -> bool { return tile.z >= params.parts * params.batches; }

// The steps of K that belong to z.
fn k_begin(z: u32) -> u32 { return z / params.batches * params.per; }
fn k_end(z: u32) -> u32 { return min(k_begin(z) + params.per, params.k); }

fn c_begin(z: u32) -> u32 {
  let batch = z % params.batches;
  return params.c_start + (batch / params.inner) * params.c_batch + (batch % params.inner) * params.c_inner
    + z / params.batches * params.c_part;
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
