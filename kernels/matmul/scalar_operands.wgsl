// A and B element by element: any strides.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
fn b_at(at: u32) -> f32 { return b[at]; }
