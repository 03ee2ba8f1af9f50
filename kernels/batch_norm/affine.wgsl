// Every column with a scale and a shift that learn.
@group(0) @binding(9) var<storage, read> scale: array<f32>;
@group(0) @binding(10) var<storage, read> shift: array<f32>;
fn scale_of(column: u32) -> f32 { return scale[column]; }
fn shift_of(column: u32) -> f32 { return shift[column]; }
