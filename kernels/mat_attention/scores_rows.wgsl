// scores.wgsl for GPUs. One workgroup of 64 threads: one tile of 4 nodes i, one head; 16 threads a row, 16 keys at a time.
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
  // Rows past the molecule's last have no keys.
  let keys = select(0u, keys_of(tile), row < tile.y + rows);
  let first = first_pair(tile, row);
  var largest = -3.4e38;
  for (var j = 0u; j < keys_of(tile); j += 16u) {
    let s = params.scale * tile_product(tile, j, head, lane);
    let key = j + lane % 16u;
    if (key < keys) {
      probability[(first + key) * params.heads + head] = s;
      largest = max(largest, s);
    }
  }
  largest = row_max(lane, largest);
  var sum = 0.0;
  for (var key = lane % 16u; key < keys; key += 16u) {
    let at = (first + key) * params.heads + head;
    let e = exp(probability[at] - largest);
    sum += e;
    probability[at] = e;
  }
  sum = row_sum(lane, sum);
  for (var key = lane % 16u; key < keys; key += 16u) { probability[(first + key) * params.heads + head] *= 1.0 / sum; }
}
