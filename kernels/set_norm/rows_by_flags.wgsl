// Whether some elements do not count, and what is added, by flags: for kernels with a binding for either.
@group(0) @binding(2) var<storage, read> mask: array<f32>;
@group(0) @binding(7) var<storage, read> plus: array<Value>;
override MASK: u32 = 0u;

fn plus_of(i: u32) -> Value { return plus[i]; }
fn mask_of(i: u32) -> f32 {
  if (MASK == 0u) { return 1.0; }
  return mask[i / params.cells];
}
