// The largest or the sum over the 16 threads of a row, for 4 rows, in fixed order.
var<workgroup> row_parts: array<f32, 256>;

fn over_row(values: vec4f, largest: bool, lane: u32) -> vec4f {
  let at = (lane % 16u) * OWN + lane / 16u;
  workgroupBarrier();
  for (var r = 0u; r < 4u; r++) { pair_tile[at + 16u * r] = values[r]; }
  workgroupBarrier();
  let first = (lane / OWN) * 4u * OWN + lane % OWN;
  var part = pair_tile[first];
  for (var x = 1u; x < 4u; x++) {
    let next = pair_tile[first + x * OWN];
    part = select(part + next, max(part, next), largest);
  }
  row_parts[lane] = part;
  workgroupBarrier();
  let row = lane / 16u;
  var total = vec4f(row_parts[row], row_parts[row + 16u], row_parts[row + 32u], row_parts[row + 48u]);
  for (var p = OWN + row; p < 256u; p += OWN) {
    let next = vec4f(row_parts[p], row_parts[p + 16u], row_parts[p + 32u], row_parts[p + 48u]);
    total = select(total + next, max(total, next), vec4<bool>(largest));
  }
  return total;
}
