// One channel at a time, for widths that are not whole quads.
alias Value = f32;
fn sum_of(value: Value) -> f32 { return value; }
