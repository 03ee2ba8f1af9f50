// Sums over a workgroup of 16 x 16 threads, 16 columns with 16 threads each: every thread must call with its share of column
// lane % 16, and gets the column's sum, added pair by pair. A kernel with this declares alias Summand, f32 or a vector of them.
var<workgroup> column_shares: array<Summand, 256>;

fn column_sum(lane: u32, share: Summand) -> Summand {
  workgroupBarrier();
  column_shares[lane] = share;
  workgroupBarrier();
  for (var half = 128u; half >= 16u; half >>= 1u) {
    if (lane < half) { column_shares[lane] += column_shares[lane + half]; }
    workgroupBarrier();
  }
  return column_shares[lane % 16u];
}
