// The sums of A over K beside the product, once a row: the gradient of a bias beside that of a weight.
override ROW_SUMS: u32 = 1u;
@group(0) @binding(6) var<storage, read_write> row_sums: array<f32>;  // [m]
override ADD_ROW_SUMS: u32 = 0u;  // 1: add to what row_sums holds
fn store_row_sum(row: u32, sum: f32) { row_sums[row] = select(sum, row_sums[row] + sum, ADD_ROW_SUMS == 1u); }
