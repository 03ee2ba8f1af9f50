// Without dropout.
fn kept(at: u32, value: f32) -> f32 { return value; }
