// Every column with a scale and a shift that learn.
@group(0) @binding(10) var<storage, read_write> dscale: array<f32>;
@group(0) @binding(11) var<storage, read_write> dshift: array<f32>;
fn store_sums(column: u32, sums: vec2f) {
  dscale[column] = sums.x;
  dshift[column] = sums.y;
}
