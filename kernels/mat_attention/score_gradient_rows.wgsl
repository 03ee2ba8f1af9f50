// score_gradient.wgsl for GPUs. One workgroup of 64 threads: one tile of 4 nodes i, one head, like the scores.
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
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let part = group.x + group.y * groups.x;
  if (part >= params.tiles * params.heads) { return; }
  let tile = tiles[part / params.heads];
  let head = part % params.heads;
  let rows = rows_of(tile);
  if (rows == 0u) { return; }
  let row = tile.x + lane / 16u;
  let keys = select(0u, keys_of(tile), row < tile.y + rows);
  let first = first_pair(tile, row);
  var delta = 0.0;
  for (var j = 0u; j < keys_of(tile); j += 16u) {
    let s = params.lambda * tile_product(tile, j, head, lane);
    let key = j + lane % 16u;
    if (key < keys) {
      let at = (first + key) * params.heads + head;
      dscore[at] = s;
      delta += probability[at] * s;
    }
  }
  delta = row_sum(lane, delta);
  for (var key = lane % 16u; key < keys; key += 16u) {
    let at = (first + key) * params.heads + head;
    dscore[at] = params.scale * probability[at] * (dscore[at] - delta);
  }
}
