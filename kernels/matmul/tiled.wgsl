// Step 5 of the ladder, for GPUs. One workgroup of 16 x 16 threads: 64 x 64 outputs, K in slices of 16 held in
// workgroup memory (8 KiB). One thread: 4 x 4 outputs, 16 apart, so that neighbouring threads store neighbours.
// The slice is loaded along whichever axis is contiguous in memory; outside the matrices it is zero.
const TILE = 64u;
const DEPTH = 16u;
var<workgroup> tile_a: array<f32, 1024>;  // [depth][row]
var<workgroup> tile_b: array<f32, 1024>;  // [depth][column]

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = tile_of(group, groups, TILE, TILE);
  if (past_end(tile)) { return; }
  let row0 = tile.row;
  let column0 = tile.column;
  let a0 = a_begin(tile.z);
  let b0 = b_begin(tile.z);
  let end = k_end(tile.z);
  // Lane l loads elements l, l + 256, ...: along the depth when that is contiguous, else along the other axis.
  let a_deep = params.a_column == 1u;
  let b_deep = params.b_row == 1u;
  var acc: array<vec4f, 4>;
  for (var k0 = k_begin(tile.z); k0 < end; k0 += DEPTH) {
    for (var e = lane; e < 1024u; e += 256u) {
      let a_k = select(e / TILE, e % DEPTH, a_deep);
      let a_i = select(e % TILE, e / DEPTH, a_deep);
      let b_k = select(e / TILE, e % DEPTH, b_deep);
      let b_j = select(e % TILE, e / DEPTH, b_deep);
      var va = 0.0;
      if (row0 + a_i < params.m && k0 + a_k < end) {
        va = a[a0 + (row0 + a_i) * params.a_row + (k0 + a_k) * params.a_column];
      }
      var vb = 0.0;
      if (column0 + b_j < params.n && k0 + b_k < end) {
        vb = b_at(b0 + (k0 + b_k) * params.b_row + (column0 + b_j) * params.b_column);
      }
      tile_a[a_k * TILE + a_i] = va;
      tile_b[b_k * TILE + b_j] = vb;
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let at_a = k * TILE + local.y;
      let at_b = k * TILE + local.x;
      let vb = vec4f(tile_b[at_b], tile_b[at_b + 16u], tile_b[at_b + 32u], tile_b[at_b + 48u]);
      acc[0] += tile_a[at_a] * vb;
      acc[1] += tile_a[at_a + 16u] * vb;
      acc[2] += tile_a[at_a + 32u] * vb;
      acc[3] += tile_a[at_a + 48u] * vb;
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let row = row0 + local.y + 16u * i;
      let column = column0 + local.x + 16u * j;
      if (row < params.m && column < params.n) { store(tile.z, row, column, acc[i][j]); }
    }
  }
}
