// over_row.wgsl with the four threads of a quad joined in registers first. That threads 4i to 4i + 3 of a one-dimensional
// workgroup are a quad is asked of every device (engine/quads.wgsl).
var<workgroup> row_parts: array<vec4f, 64>;

fn joined(a: vec4f, b: vec4f, largest: bool) -> vec4f { return select(a + b, max(a, b), vec4<bool>(largest)); }

fn over_row(values: vec4f, largest: bool, lane: u32) -> vec4f {
  var part = joined(values, quadSwapX(values), largest);
  part = joined(part, quadSwapY(part), largest);
  workgroupBarrier();
  if (lane % 4u == 0u) { row_parts[lane / 4u] = part; }
  workgroupBarrier();
  let first = lane / 16u * 4u;
  return joined(
    joined(row_parts[first], row_parts[first + 1u], largest),
    joined(row_parts[first + 2u], row_parts[first + 3u], largest), largest);
}
