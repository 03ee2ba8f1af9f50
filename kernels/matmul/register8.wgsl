// Step 3 of the ladder. One thread: 8 x 8 outputs in registers, no workgroup memory.
// 16 loads serve 64 multiply-adds. Rows and columns past the edge repeat the last one and are not stored.
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
  let first = k_begin(tile.z);
  let end = k_end(tile.z);
  let a0 = a_begin(tile.z) + first * params.a_column;
  let b0 = b_begin(tile.z) + first * params.b_row;
  var a_0 = a0 + min(row + 0u, params.m - 1u) * params.a_row;
  var a_1 = a0 + min(row + 1u, params.m - 1u) * params.a_row;
  var a_2 = a0 + min(row + 2u, params.m - 1u) * params.a_row;
  var a_3 = a0 + min(row + 3u, params.m - 1u) * params.a_row;
  var a_4 = a0 + min(row + 4u, params.m - 1u) * params.a_row;
  var a_5 = a0 + min(row + 5u, params.m - 1u) * params.a_row;
  var a_6 = a0 + min(row + 6u, params.m - 1u) * params.a_row;
  var a_7 = a0 + min(row + 7u, params.m - 1u) * params.a_row;
  var b_0 = b0 + min(column + 0u, params.n - 1u) * params.b_column;
  var b_1 = b0 + min(column + 1u, params.n - 1u) * params.b_column;
  var b_2 = b0 + min(column + 2u, params.n - 1u) * params.b_column;
  var b_3 = b0 + min(column + 3u, params.n - 1u) * params.b_column;
  var b_4 = b0 + min(column + 4u, params.n - 1u) * params.b_column;
  var b_5 = b0 + min(column + 5u, params.n - 1u) * params.b_column;
  var b_6 = b0 + min(column + 6u, params.n - 1u) * params.b_column;
  var b_7 = b0 + min(column + 7u, params.n - 1u) * params.b_column;
  var c0_0 = vec4f(); var c0_1 = vec4f();
  var c1_0 = vec4f(); var c1_1 = vec4f();
  var c2_0 = vec4f(); var c2_1 = vec4f();
  var c3_0 = vec4f(); var c3_1 = vec4f();
  var c4_0 = vec4f(); var c4_1 = vec4f();
  var c5_0 = vec4f(); var c5_1 = vec4f();
  var c6_0 = vec4f(); var c6_1 = vec4f();
  var c7_0 = vec4f(); var c7_1 = vec4f();
  for (var k = first; k < end; k++) {
    let v0 = vec4f(b_at(b_0), b_at(b_1), b_at(b_2), b_at(b_3));
    let v1 = vec4f(b_at(b_4), b_at(b_5), b_at(b_6), b_at(b_7));
    let s0 = a[a_0]; c0_0 += s0 * v0; c0_1 += s0 * v1;
    let s1 = a[a_1]; c1_0 += s1 * v0; c1_1 += s1 * v1;
    let s2 = a[a_2]; c2_0 += s2 * v0; c2_1 += s2 * v1;
    let s3 = a[a_3]; c3_0 += s3 * v0; c3_1 += s3 * v1;
    let s4 = a[a_4]; c4_0 += s4 * v0; c4_1 += s4 * v1;
    let s5 = a[a_5]; c5_0 += s5 * v0; c5_1 += s5 * v1;
    let s6 = a[a_6]; c6_0 += s6 * v0; c6_1 += s6 * v1;
    let s7 = a[a_7]; c7_0 += s7 * v0; c7_1 += s7 * v1;
    a_0 += params.a_column; a_1 += params.a_column; a_2 += params.a_column; a_3 += params.a_column;
    a_4 += params.a_column; a_5 += params.a_column; a_6 += params.a_column; a_7 += params.a_column;
    b_0 += params.b_row; b_1 += params.b_row; b_2 += params.b_row; b_3 += params.b_row;
    b_4 += params.b_row; b_5 += params.b_row; b_6 += params.b_row; b_7 += params.b_row;
  }
  store4(tile.z, row + 0u, column + 0u, c0_0); store4(tile.z, row + 0u, column + 4u, c0_1);
  store4(tile.z, row + 1u, column + 0u, c1_0); store4(tile.z, row + 1u, column + 4u, c1_1);
  store4(tile.z, row + 2u, column + 0u, c2_0); store4(tile.z, row + 2u, column + 4u, c2_1);
  store4(tile.z, row + 3u, column + 0u, c3_0); store4(tile.z, row + 3u, column + 4u, c3_1);
  store4(tile.z, row + 4u, column + 0u, c4_0); store4(tile.z, row + 4u, column + 4u, c4_1);
  store4(tile.z, row + 5u, column + 0u, c5_0); store4(tile.z, row + 5u, column + 4u, c5_1);
  store4(tile.z, row + 6u, column + 0u, c6_0); store4(tile.z, row + 6u, column + 4u, c6_1);
  store4(tile.z, row + 7u, column + 0u, c7_0); store4(tile.z, row + 7u, column + 4u, c7_1);
}

fn store4(z: u32, row: u32, column: u32, values: vec4f) {
  if (row >= params.m) { return; }
  for (var j = 0u; j < 4u && column + j < params.n; j++) { store(z, row, column + j, values[j]); }
}
