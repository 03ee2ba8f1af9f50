// What the gradients of a column sum up over a chunk of rows: d z and d, z the normalised value and d the upstream gradient
// as far as what stands behind the norm lets it through.
struct Entry { z: f32, d: f32 }
fn entry_at(at: u32, column: u32) -> Entry {
  let of_column = statistics[column];
  let z = (x[at] - of_column.x) * of_column.y;
  return Entry(z, passed(at, dy[at]));
}

fn sums_of(chunk: u32, column: u32) -> vec2f {
  let rows = min(vec2u(chunk, chunk + 1u) * params.chunk, vec2u(rows_used()));
  var sums = vec2f();
  for (var row = rows.x; row < rows.y; row++) {
    let entry = entry_at(row * params.width + column, column);
    sums += vec2f(entry.d * entry.z, entry.d);
  }
  return sums;
}
