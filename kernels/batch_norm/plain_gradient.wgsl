// Without scale and shift.
fn store_sums(column: u32, sums: vec2f) {}
