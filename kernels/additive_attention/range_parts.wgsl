// Least and largest query of a channel, from those of chunks of rows.
@group(0) @binding(0) var<storage, read> partial: array<vec2f>;  // [chunks, heads depth]
fn ends_of(column: u32, columns: u32) -> vec2f {
  var ends = vec2f(3.4e38, -3.4e38);
  for (var chunk = 0u; chunk < params.rows; chunk++) {
    let next = partial[chunk * columns + column];
    ends = vec2f(min(ends.x, next.x), max(ends.y, next.y));
  }
  return ends;
}
