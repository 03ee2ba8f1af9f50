// A element by element, B as halves, two to a word: any strides. Unpacking is in every WGSL; shader-f16 is not needed.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
fn b_at(at: u32) -> f32 {
  let pair = unpack2x16float(b[at / 2u]);
  return select(pair.x, pair.y, at % 2u == 1u);
}
