// Least and largest query of a channel, over few rows at once.
@group(0) @binding(0) var<storage, read> query: array<f32>;  // [rows, heads depth]
fn ends_of(column: u32, columns: u32) -> vec2f {
  var ends = vec2f(3.4e38, -3.4e38);
  for (var row = 0u; row < params.rows; row++) {
    let value = query[row * columns + column];
    ends = vec2f(min(ends.x, value), max(ends.y, value));
  }
  return ends;
}
