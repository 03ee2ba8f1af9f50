// The largest or the sum over the 16 threads of a row, for 4 rows, in fixed order.
var<workgroup> row_parts: array<array<vec4f, 16>, 4>;

fn joined(a: vec4f, b: vec4f, largest: bool) -> vec4f { return select(a + b, max(a, b), vec4<bool>(largest)); }

fn over_row(values: vec4f, largest: bool, lane: u32) -> vec4f {
  let x = lane % 16u;
  let y = lane / 16u;
  workgroupBarrier();
  set_pair(x, lane, values);
  workgroupBarrier();
  let first = x % 4u * 4u;
  let part = joined(
    joined(pair(first, lane), pair(first + 1u, lane), largest),
    joined(pair(first + 2u, lane), pair(first + 3u, lane), largest), largest);
  if (x < 4u) { row_parts[x][y] = part; }
  workgroupBarrier();
  return joined(
    joined(row_parts[0][y], row_parts[1][y], largest),
    joined(row_parts[2][y], row_parts[3][y], largest), largest);
}
