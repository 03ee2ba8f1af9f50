// Products of a tile's 4 nodes i with 4 keys, from key j of the molecule on, over the channels of a head: 8 loads for 16
// multiply-adds. `row_value` and `key_value` of the including shader say of which tables, `row_start` and `key_start` where their rows begin.
struct Products { s0: vec4f, s1: vec4f, s2: vec4f, s3: vec4f }  // a vector a node
fn tile_products(tile: vec4u, j: u32, head: u32) -> Products {
  let channel = head * params.depth;
  let r0 = row_start(clamped_row(tile, tile.x)) + channel;
  let r1 = row_start(clamped_row(tile, tile.x + 1u)) + channel;
  let r2 = row_start(clamped_row(tile, tile.x + 2u)) + channel;
  let r3 = row_start(clamped_row(tile, tile.x + 3u)) + channel;
  let k0 = key_start(clamped_key(tile, tile.y + j)) + channel;
  let k1 = key_start(clamped_key(tile, tile.y + j + 1u)) + channel;
  let k2 = key_start(clamped_key(tile, tile.y + j + 2u)) + channel;
  let k3 = key_start(clamped_key(tile, tile.y + j + 3u)) + channel;
  var s = Products();
  for (var c = 0u; c < params.depth; c++) {
    let keys = vec4f(key_value(k0 + c), key_value(k1 + c), key_value(k2 + c), key_value(k3 + c));
    s.s0 += row_value(r0 + c) * keys;
    s.s1 += row_value(r1 + c) * keys;
    s.s2 += row_value(r2 + c) * keys;
    s.s3 += row_value(r3 + c) * keys;
  }
  return s;
}
fn with_key(s: Products, t: u32) -> vec4f { return vec4f(s.s0[t], s.s1[t], s.s2[t], s.s3[t]); }
