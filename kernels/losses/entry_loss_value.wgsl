// Value and slope of a loss of one entry's error, chosen when the pipeline is made (badger.md 3.1).
override KIND: u32 = 0u;  // 0 shrinkage, 1 dynamic

// Shrinkage: d^2 / (1 + exp(10 (0.2 - |d|))). Dynamic: |d| d^2 where |d| > 2, else half of that.
fn entry_value(d: f32) -> f32 {
  let e = abs(d);
  if (KIND == 0u) { return d * d / (1.0 + exp(10.0 * (0.2 - min(e, 8.0)))); }
  return select(0.5, 1.0, e > 2.0) * e * d * d;
}

fn entry_slope(d: f32) -> f32 {
  let e = abs(d);
  if (KIND == 0u) {
    let s = 1.0 / (1.0 + exp(10.0 * (0.2 - min(e, 8.0))));
    return d * s * (2.0 + 10.0 * e * (1.0 - s));
  }
  return select(0.5, 1.0, e > 2.0) * 3.0 * e * d;
}
