// Without scale and shift.
fn scale_of(column: u32) -> f32 { return 1.0; }
fn shift_of(column: u32) -> f32 { return 0.0; }
