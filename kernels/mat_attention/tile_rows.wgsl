// tile_products.wgsl for GPUs: the product of one of a tile's 4 rows with one of 16 keys, from key j of the molecule on. Workgroup of
// 64 threads: lane % 16 counts the keys, lane / 16 the rows; 64 channels of all of them at a time lie in workgroup memory, the pad
// keeps neighbouring keys on different banks. Every thread must call. A line with the mark @q stands here once a quad.
var<workgroup> key_tile: array<array<vec4f, 17>, 16>;
var<workgroup> row_tile: array<array<vec4f, 17>, 4>;

fn tile_product(tile: vec4u, j: u32, head: u32, lane: u32) -> f32 {
  let x = lane % 16u;
  let y = lane / 16u;
  let head_start = head * params.depth;
  let row = row_start(clamped_row(tile, tile.x + y)) + head_start;
  var sum = vec4f();
  for (var channel = 0u; channel < params.depth; channel += 64u) {
    let wanted = vec4u(channel + 4u * x) + vec4u(0u, 1u, 2u, 3u);
    let real = wanted < vec4u(params.depth);
    let at = min(wanted, vec4u(params.depth - 1u));
    workgroupBarrier();
    for (var k = y; k < 16u; k += 4u) {
      let i = key_start(clamped_key(tile, tile.y + j + k)) + head_start + at;
      key_tile[k][x] = select(vec4f(), vec4f(key_value(i.x), key_value(i.y), key_value(i.z), key_value(i.w)), real);
    }
    let i = row + at;
    row_tile[y][x] = select(vec4f(), vec4f(row_value(i.x), row_value(i.y), row_value(i.z), row_value(i.w)), real);
    workgroupBarrier();
    sum += row_tile[y][@q] * key_tile[x][@q];
  }
  return dot(sum, vec4f(1.0));
}
