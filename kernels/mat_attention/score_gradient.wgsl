// ds_ij = s p_ij (dp_ij - sum_j p_ij dp_ij), dp_ij = lambda dy_i . v_j: the gradient of q_i . k_j.
// One thread: one tile of 4 nodes i, one head, like the scores.
struct Params { tiles: u32, heads: u32, depth: u32, scale: f32, lambda: f32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;
@group(0) @binding(2) var<storage, read> probability: array<f32>;
@group(0) @binding(3) var<storage, read> tiles: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> dscore: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

fn row_value(at: u32) -> f32 { return dy[at]; }
fn key_value(at: u32) -> f32 { return qkv[at]; }
fn row_start(row: u32) -> u32 { return row * params.heads * params.depth; }
fn key_start(row: u32) -> u32 { return (3u * row + 2u) * params.heads * params.depth; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.tiles * params.heads) { return; }
  let tile = tiles[thread / params.heads];
  let head = thread % params.heads;
  let keys = keys_of(tile);
  let rows = rows_of(tile);
  if (rows == 0u) { return; }
  var delta = vec4f();
  for (var j = 0u; j < keys; j += 4u) {
    let products = tile_products(tile, j, head);
    for (var t = 0u; t < 4u && j + t < keys; t++) {
      let s = params.lambda * with_key(products, t);
      for (var i = 0u; i < 4u && tile.x + i < tile.y + rows; i++) {
        let at = (first_pair(tile, tile.x + i) + j + t) * params.heads + head;
        dscore[at] = s[i];
        delta[i] += probability[at] * s[i];
      }
    }
  }
  for (var i = 0u; i < 4u && tile.x + i < tile.y + rows; i++) {
    let first = first_pair(tile, tile.x + i);
    for (var j = 0u; j < keys; j++) {
      let at = (first + j) * params.heads + head;
      dscore[at] = params.scale * probability[at] * (dscore[at] - delta[i]);
    }
  }
}
