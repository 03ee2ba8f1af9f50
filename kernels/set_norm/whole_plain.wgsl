// All elements count; something may be added.
@group(0) @binding(6) var<storage, read> plus: array<Value>;
fn plus_of(i: u32) -> Value { return plus[i]; }
fn mask_of(i: u32) -> f32 { return 1.0; }
