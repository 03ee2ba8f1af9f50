// Step 1 of the ladder, the literal port. One thread: one output.
@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let tile = tile_of(group, groups, 8u, 8u);
  let row = tile.row + local.y;
  let column = tile.column + local.x;
  if (past_end(tile) || row >= params.m || column >= params.n) { return; }
  let first = k_begin(tile.z);
  let end = k_end(tile.z);
  var at_a = a_begin(tile.z) + row * params.a_row + first * params.a_column;
  var at_b = b_begin(tile.z) + column * params.b_column + first * params.b_row;
  var sum = 0.0;
  for (var k = first; k < end; k++) {
    sum += a[at_a] * b[at_b];
    at_a += params.a_column;
    at_b += params.b_row;
  }
  store(tile.z, row, column, sum);
}
