// Sums and maxima over 16 neighbouring threads of a workgroup of 64: 16 threads a row, four rows. Every thread must call with its
// share of row lane / 16, and gets the row's.
var<workgroup> row_shares: array<f32, 64>;

fn row_sum(lane: u32, share: f32) -> f32 {
  workgroupBarrier();
  row_shares[lane] = share;
  workgroupBarrier();
  for (var half = 8u; half > 0u; half >>= 1u) {
    if (lane % 16u < half) { row_shares[lane] += row_shares[lane + half]; }
    workgroupBarrier();
  }
  return row_shares[lane / 16u * 16u];
}

fn row_max(lane: u32, share: f32) -> f32 {
  workgroupBarrier();
  row_shares[lane] = share;
  workgroupBarrier();
  for (var half = 8u; half > 0u; half >>= 1u) {
    if (lane % 16u < half) { row_shares[lane] = max(row_shares[lane], row_shares[lane + half]); }
    workgroupBarrier();
  }
  return row_shares[lane / 16u * 16u];
}
