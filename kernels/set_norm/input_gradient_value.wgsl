// dx = r g - m r / M sum(g) - m c (x - mean) sum(g (x - mean)), g = scale dy, r the factor and M the values counted;
// c = 2 r^2 / M where r = 1 / (v + eps), r^3 / M where r = 1 / sqrt(v + eps) (badger.md 2.4). `of_sample` is mean, r and M.
override ADD: u32 = 0u;   // 1: add to what dx holds
override PLUS: u32 = 0u;  // 1: add plus, laid out like dx

fn store_gradient(i: u32, of_sample: vec3f, sum: vec2f) {
  let r = of_sample.y;
  let m = mask_of(i) / max(of_sample.z, 1.0);
  var c = 2.0 * r * r;
  if (KIND == 1u) { c = r * r * r; }
  let g = scale[i % params.cells] * dy[i];
  var value = r * g - m * r * sum.x - (m * c * sum.y) * (x[i] - of_sample.x);
  if (ADD == 1u) { value += dx[i]; }
  if (PLUS == 1u) { value += plus_of(i); }
  dx[i] = value;
}
