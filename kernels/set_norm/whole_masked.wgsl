// Some elements count; there is no binding left for something to add.
@group(0) @binding(6) var<storage, read> mask: array<f32>;
fn plus_of(i: u32) -> Value { return Value(); }
fn mask_of(i: u32) -> f32 { return mask[i / params.cells]; }
