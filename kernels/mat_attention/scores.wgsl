// probability[pair][head] = softmax over j of s q_i . k_j. One thread: one tile of 4 nodes i, one head, all j in
// tiles of 4.
struct Params { tiles: u32, heads: u32, depth: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> tiles: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> probability: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

fn row_value(at: u32) -> f32 { return qkv[at]; }
fn key_value(at: u32) -> f32 { return qkv[at]; }
fn row_start(row: u32) -> u32 { return 3u * row * params.heads * params.depth; }
fn key_start(row: u32) -> u32 { return (3u * row + 1u) * params.heads * params.depth; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.tiles * params.heads) { return; }
  let tile = tiles[thread / params.heads];
  let head = thread % params.heads;
  let keys = keys_of(tile);
  let rows = rows_of(tile);
  if (rows == 0u) { return; }
  var largest = vec4f(-3.4e38);
  for (var j = 0u; j < keys; j += 4u) {
    let products = tile_products(tile, j, head);
    for (var t = 0u; t < 4u && j + t < keys; t++) {
      let s = params.scale * with_key(products, t);
      largest = max(largest, s);
      for (var i = 0u; i < 4u && tile.x + i < tile.y + rows; i++) {
        probability[(first_pair(tile, tile.x + i) + j + t) * params.heads + head] = s[i];
      }
    }
  }
  for (var i = 0u; i < 4u && tile.x + i < tile.y + rows; i++) {
    let first = first_pair(tile, tile.x + i);
    var sum = 0.0;
    for (var j = 0u; j < keys; j++) {
      let at = (first + j) * params.heads + head;
      let e = exp(probability[at] - largest[i]);
      sum += e;
      probability[at] = e;
    }
    for (var j = 0u; j < keys; j++) { probability[(first + j) * params.heads + head] *= 1.0 / sum; }
  }
}
