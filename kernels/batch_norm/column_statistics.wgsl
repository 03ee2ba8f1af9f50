// Statistics of a column over a chunk of the rows that count, read twice so that a large mean costs no digits, and over two
// sets of rows together.
struct Statistics { count: f32, mean: f32, squares: f32 }  // squares: sum of squared deviations from the mean

fn rows_of(chunk: u32) -> vec2u {
  return min(vec2u(chunk, chunk + 1u) * params.chunk, vec2u(rows_used()));
}

fn statistics_of(chunk: u32, column: u32) -> Statistics {
  let rows = rows_of(chunk);
  if (rows.x >= rows.y) { return Statistics(); }
  let count = f32(rows.y - rows.x);
  var sum = 0.0;
  for (var row = rows.x; row < rows.y; row++) { sum += x[row * params.width + column]; }
  let mean = sum / count;
  var squares = 0.0;
  for (var row = rows.x; row < rows.y; row++) {
    let d = x[row * params.width + column] - mean;
    squares += d * d;
  }
  return Statistics(count, mean, squares);
}

fn together(a: Statistics, b: Statistics) -> Statistics {
  if (b.count == 0.0) { return a; }
  let count = a.count + b.count;
  let gap = b.mean - a.mean;
  return Statistics(count, a.mean + gap * b.count / count, a.squares + b.squares + gap * gap * a.count * b.count / count);
}
