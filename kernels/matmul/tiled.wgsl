// Step 5 of the ladder, for GPUs. One workgroup of 64 threads: 32 HALVES_A x 32 HALVES_B outputs, K in tiles of 16. One thread: four
// rows of each half and four columns of each, so that neighbours load neighbours; 8 x 8 outputs take 16 loads of four values for 256
// multiply-adds. What is written out by tiled.ts stands as @name.
// A tile is four slabs of four steps of K. Inside a slab every index that is not the thread's is a literal, so that the compiler's
// bounds checks are two a slab and not one a load. The pad keeps neighbouring slabs on different banks.
struct SlabA { q: array<array<array<vec4f, 8>, HALVES_A>, 4>, pad: array<vec4f, 2> }  // [step][half][group of 4 rows]
struct SlabB { q: array<array<array<vec4f, 8>, HALVES_B>, 4>, pad: array<vec4f, 2> }  // [step][half][group of 4 columns]
var<workgroup> tile_a: array<SlabA, 4>;
var<workgroup> tile_b: array<SlabB, 4>;

// Which part of a tile a thread copies: 4 rows (or columns), STEPS of the 4 steps of a slab. Neighbouring threads go along whichever
// axis is contiguous in memory.
struct Share { group: u32, slab: u32, first: u32 }
fn share_of(lane: u32, halves: u32, along_k: bool) -> Share {
  let parts = 2u / halves;
  let groups = 8u * halves;
  let unit = select(lane / groups, lane % (4u * parts), along_k);
  let group = select(lane % groups, lane / (4u * parts), along_k);
  return Share(group, unit / parts, unit % parts * 2u * halves);
}

// One step of K for 4 rows, which begin at `at`.
fn step_a(at: vec4u, k: u32) -> vec4f {
  let i = at + k * params.a_column;
  return vec4f(a[i.x], a[i.y], a[i.z], a[i.w]);
}
fn step_b(at: vec4u, k: u32) -> vec4f {
  let i = at + k * params.b_row;
  return vec4f(b_at(i.x), b_at(i.y), b_at(i.z), b_at(i.w));
}
// Where 4 rows begin; those past the edge are the last once more, and never stored.
fn rows_at(begin: u32, first: u32, count: u32, stride: u32) -> vec4u {
  return begin + min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u)) * stride;
}

fn store4(z: u32, row: u32, column: u32, values: vec4f) {
  if (row >= params.m) { return; }
  for (var j = 0u; j < 4u && column + j < params.n; j++) { store(z, row, column + j, values[j]); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = tile_of(group, groups, TILE_ROWS, TILE_COLUMNS);
  if (past_end(tile)) { return; }
  let x = lane % 8u;
  let y = lane / 8u;
  let begin = min(k_begin(tile.z), params.k);
  let end = k_end(tile.z);
  let of_a = share_of(lane, HALVES_A, params.a_column == 1u);
  let of_b = share_of(lane, HALVES_B, params.b_row == 1u);
  let a_at = rows_at(a_begin(tile.z), tile.row + 4u * of_a.group, params.m, params.a_row);
  let b_at0 = rows_at(b_begin(tile.z), tile.column + 4u * of_b.group, params.n, params.b_column);
  let a_k = 4u * of_a.slab + of_a.first;
  let b_k = 4u * of_b.slab + of_b.first;
  @outputs
  @prefetched
  var sum = vec4f();
  // The tile that is not whole comes first, with zeros behind its end: the loop then copies whole tiles only.
  let whole_end = end - (end - begin) % 16u;
  var next = begin;
  if (whole_end < end) {
    @part
  } else if (begin < end) {
    @whole(begin)
    next += 16u;
  }
  let last = select(begin, whole_end - 16u, whole_end > begin);
  next = min(next, last);
  let tiles = (end - begin + 15u) / 16u;
  for (var t = 0u; t < tiles; t++) {
    workgroupBarrier();
    @copied
    workgroupBarrier();
    // The next tile, without a branch (the last turn reads one again): a branch costs a move for every value.
    @whole(next)
    next = min(next + 16u, last);
    for (var s = 0u; s < 4u; s++) {
      @products
    }
  }
  let row = tile.row + 4u * y;
  let column = tile.column + 4u * x;
  @stored
  if (ROW_SUMS == 1u && tile.column == 0u) {
    workgroupBarrier();
    tile_a[of_a.slab].q[of_a.first][of_a.group / 8u][of_a.group % 8u] = sum;
    workgroupBarrier();
    let own = tile.row + lane;
    if (lane < 32u * HALVES_A && own < params.m) {
      let quad = lane / 4u;
      var all = 0.0;
      for (var s = 0u; s < 4u; s++) {
        for (var first = 0u; first < 4u; first += 2u * HALVES_A) {
          all += tile_a[s].q[first][quad / 8u][quad % 8u][lane % 4u];
        }
      }
      if (params.parts > 1u) { c[c_begin(tile.z) + own * params.c_row + params.n] = all; } else { store_row_sum(own, all); }
    }
  }
}
