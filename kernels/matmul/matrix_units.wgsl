// C = A B on the matrix units of a GPU, from operands that split_halves.wgsl has split: high high + (high low + low high) / 2048
// in each step of UNIT_K, low low is left out. One workgroup: 64 x 64 outputs, four subgroups of LANES threads, each 32 x 32
// outputs in matrices of UNIT_M x UNIT_N. After every step the matrices leave through workgroup memory and are added to ordinary
// sums: units cut what they add up, so that no accumulator of theirs may live over the loop. A sum whose slice lost digits of its
// operands, or holds what is not finite, is found again from the operands themselves.
// The text is written out by matrix_units.ts: lines @NAME stand for as many as there are matrices and sums a thread.
@group(0) @binding(7) var<storage, read> scales: array<vec2f>;
var<workgroup> part: array<f32, 8u * UNIT_M * UNIT_N>;  // [2][subgroup][UNIT_M][UNIT_N]

fn power_of_two(exponent: i32) -> f32 { return bitcast<f32>(u32(exponent + 127) << 23u); }

// Steps `first` to `end` of an output, all in one slice, whose scaled sum is `sum`.
fn slice_sum(z: u32, row: u32, column: u32, first: u32, end: u32, sum: f32) -> f32 {
  let a_lines = (params.m + 63u) / 64u * 64u;
  let b_lines = (params.n + 63u) / 64u * 64u;
  let slices = (params.k + SLICE - 1u) / SLICE;
  let batch = z % params.batches;
  let of_row = scales[(batch * a_lines + row) * slices + first / SLICE];
  let of_column = scales[(params.batches * a_lines + batch * b_lines + column) * slices + first / SLICE];
  if (abs(sum) >= of_row.y + of_column.y) {
    let exponent = -i32(of_row.x + of_column.x);
    return sum * power_of_two(exponent / 2) * power_of_two(exponent - exponent / 2);
  }
  let a_row = a_begin(z) + row * params.a_row;
  let b_column = b_begin(z) + column * params.b_column;
  var plain = 0.0;
  for (var k = first; k < end; k++) {
    plain += a[a_row + k * params.a_column] * b[b_column + k * params.b_row];
  }
  return plain;
}

@compute @workgroup_size(@threads)@subgroup_size
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
  @subgroup_builtins
) {
  @subgroup_values
  let tile = tile_of(group, groups, 64u, 64u);
  if (past_end(tile)) { return; }
  let z = tile.z;
  let row0 = tile.row + subgroup / 2u * 32u;
  let column0 = tile.column + subgroup % 2u * 32u;
  // Halves of a line, and where the subgroup's lines begin.
  let depth = (params.k + 15u) / 16u * 16u;
  let a_lines = (params.m + 63u) / 64u * 64u;
  let b_lines = (params.n + 63u) / 64u * 64u;
  let batch = z % params.batches;
  let a_first = 2u * (batch * a_lines + row0) * depth;
  let b_first = 2u * (params.batches * a_lines + batch * b_lines + column0) * depth;
  let a_next = 2u * UNIT_M * depth;
  let b_next = 2u * UNIT_N * depth;
  // The subgroup's matrices in the two halves of `part`, and the thread's first value in them.
  let even = subgroup * UNIT_M * UNIT_N;
  let odd = even + 4u * UNIT_M * UNIT_N;
  let own = odd + lane;
  @totals
  let end = k_end(z);
  for (var first = k_begin(z); first < end; first = (first / SLICE + 1u) * SLICE) {
    let slice_end = min(end, (first / SLICE + 1u) * SLICE);
    @sums
    for (var k = first; k < slice_end; k += UNIT_K) {
      let a_at = a_first + 2u * UNIT_M * k;
      let b_at = b_first + 2u * UNIT_N * k;
      @loads
      @products
    }
    @slices
  }
  @stores
}
