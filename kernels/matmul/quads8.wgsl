// Step 4 of the ladder, for software. One thread: 8 x 8 outputs, four steps of K at a time, operands in quads: 16 loads
// serve 256 multiply-adds, and a load of four costs little more than a load of one. Both operands are contiguous along one
// axis, and their other stride and start are multiples of 4, as parts of the sum are (engine/ops/quad_view.ts pads what is not).
// A block holds 4 x 4 values, its columns being rows of the matrix: the product of two is block(B) * block(A).
// Rows and columns past the edge read whatever is there and are not stored; K past the edge is zeroed.
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;

override A_ALONG_K: u32 = 1u;  // 1: A is contiguous along K, 0: along its rows
override B_ALONG_K: u32 = 0u;  // 1: B is contiguous along K, 0: along its columns

fn block_a(start: u32, row: u32, k: u32) -> mat4x4f {
  if (A_ALONG_K == 1u) {
    let i = (start + row * params.a_row + k) / 4u;
    let next = params.a_row / 4u;
    return mat4x4f(a[i], a[i + next], a[i + 2u * next], a[i + 3u * next]);
  }
  let i = (start + row + k * params.a_column) / 4u;
  let next = params.a_column / 4u;
  return transpose(mat4x4f(a[i], a[i + next], a[i + 2u * next], a[i + 3u * next]));
}

fn block_b(start: u32, k: u32, column: u32) -> mat4x4f {
  if (B_ALONG_K == 1u) {
    let i = (start + k + column * params.b_column) / 4u;
    let next = params.b_column / 4u;
    return transpose(mat4x4f(b[i], b[i + next], b[i + 2u * next], b[i + 3u * next]));
  }
  let i = (start + k * params.b_row + column) / 4u;
  let next = params.b_row / 4u;
  return mat4x4f(b[i], b[i + next], b[i + 2u * next], b[i + 3u * next]);
}

// The first `count` steps of K, the others zero.
fn head_a(block: mat4x4f, count: u32) -> mat4x4f {
  let keep = vec4u(0u, 1u, 2u, 3u) < vec4u(count);
  let zero = vec4f();
  return mat4x4f(select(zero, block[0], keep), select(zero, block[1], keep),
    select(zero, block[2], keep), select(zero, block[3], keep));
}
fn head_b(block: mat4x4f, count: u32) -> mat4x4f {
  let zero = vec4f();
  return mat4x4f(block[0], select(zero, block[1], count > 1u),
    select(zero, block[2], count > 2u), select(zero, block[3], count > 3u));
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let tile = tile_of(group, groups, 64u, 64u);
  let row = tile.row + local.y * 8u;
  let column = tile.column + local.x * 8u;
  if (past_end(tile) || row >= params.m || column >= params.n) { return; }
  let a0 = a_begin(tile.z);
  let b0 = b_begin(tile.z);
  var c00 = mat4x4f(); var c01 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f();
  let end = k_end(tile.z);
  let whole = end & ~3u;
  for (var k = k_begin(tile.z); k < whole; k += 4u) {
    let top = block_a(a0, row, k);
    let bottom = block_a(a0, row + 4u, k);
    let left = block_b(b0, k, column);
    let right = block_b(b0, k, column + 4u);
    c00 += left * top; c01 += right * top;
    c10 += left * bottom; c11 += right * bottom;
  }
  if (whole < end) {
    let rest = end - whole;
    let top = head_a(block_a(a0, row, whole), rest);
    let bottom = head_a(block_a(a0, row + 4u, whole), rest);
    let left = head_b(block_b(b0, whole, column), rest);
    let right = head_b(block_b(b0, whole, column + 4u), rest);
    c00 += left * top; c01 += right * top;
    c10 += left * bottom; c11 += right * bottom;
  }
  store4(tile.z, row + 0u, column, c00[0]); store4(tile.z, row + 0u, column + 4u, c01[0]);
  store4(tile.z, row + 1u, column, c00[1]); store4(tile.z, row + 1u, column + 4u, c01[1]);
  store4(tile.z, row + 2u, column, c00[2]); store4(tile.z, row + 2u, column + 4u, c01[2]);
  store4(tile.z, row + 3u, column, c00[3]); store4(tile.z, row + 3u, column + 4u, c01[3]);
  store4(tile.z, row + 4u, column, c10[0]); store4(tile.z, row + 4u, column + 4u, c11[0]);
  store4(tile.z, row + 5u, column, c10[1]); store4(tile.z, row + 5u, column + 4u, c11[1]);
  store4(tile.z, row + 6u, column, c10[2]); store4(tile.z, row + 6u, column + 4u, c11[2]);
  store4(tile.z, row + 7u, column, c10[3]); store4(tile.z, row + 7u, column + 4u, c11[3]);
}

fn store4(z: u32, row: u32, column: u32, values: vec4f) {
  if (row >= params.m) { return; }
  for (var j = 0u; j < 4u && column + j < params.n; j++) { store(z, row, column + j, values[j]); }
}
