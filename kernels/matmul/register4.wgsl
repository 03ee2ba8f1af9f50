// Step 2 of the ladder. One thread: 4 x 4 outputs in registers, no workgroup memory.
// 8 loads serve 16 multiply-adds. Rows and columns past the edge repeat the last one and are not stored.
@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let tile = tile_of(group, groups, 32u, 32u);
  let row = tile.row + local.y * 4u;
  let column = tile.column + local.x * 4u;
  if (past_end(tile) || row >= params.m || column >= params.n) { return; }
  let first = k_begin(tile.z);
  let end = k_end(tile.z);
  let a0 = a_begin(tile.z) + first * params.a_column;
  let b0 = b_begin(tile.z) + first * params.b_row;
  var a_0 = a0 + min(row + 0u, params.m - 1u) * params.a_row;
  var a_1 = a0 + min(row + 1u, params.m - 1u) * params.a_row;
  var a_2 = a0 + min(row + 2u, params.m - 1u) * params.a_row;
  var a_3 = a0 + min(row + 3u, params.m - 1u) * params.a_row;
  var b_0 = b0 + min(column + 0u, params.n - 1u) * params.b_column;
  var b_1 = b0 + min(column + 1u, params.n - 1u) * params.b_column;
  var b_2 = b0 + min(column + 2u, params.n - 1u) * params.b_column;
  var b_3 = b0 + min(column + 3u, params.n - 1u) * params.b_column;
  var c0_0 = vec4f();
  var c1_0 = vec4f();
  var c2_0 = vec4f();
  var c3_0 = vec4f();
  for (var k = first; k < end; k++) {
    let v0 = vec4f(b[b_0], b[b_1], b[b_2], b[b_3]);
    let s0 = a[a_0]; c0_0 += s0 * v0;
    let s1 = a[a_1]; c1_0 += s1 * v0;
    let s2 = a[a_2]; c2_0 += s2 * v0;
    let s3 = a[a_3]; c3_0 += s3 * v0;
    a_0 += params.a_column; a_1 += params.a_column; a_2 += params.a_column; a_3 += params.a_column;
    b_0 += params.b_row; b_1 += params.b_row; b_2 += params.b_row; b_3 += params.b_row;
  }
  store4(tile.z, row + 0u, column + 0u, c0_0);
  store4(tile.z, row + 1u, column + 0u, c1_0);
  store4(tile.z, row + 2u, column + 0u, c2_0);
  store4(tile.z, row + 3u, column + 0u, c3_0);
}

fn store4(z: u32, row: u32, column: u32, values: vec4f) {
  if (row >= params.m) { return; }
  for (var j = 0u; j < 4u && column + j < params.n; j++) { store(z, row, column + j, values[j]); }
}
