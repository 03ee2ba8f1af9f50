// dk_j = sum_i ds_ij q_i and dv_j = sum_i (lambda p_ij + constant_ij) dy_i. One thread: one tile of 4 nodes j,
// 4 channels of one head, looping over i: 20 loads for 32 multiply-adds.
struct Params { tiles: u32, heads: u32, depth: u32, lambda: f32 }
@group(0) @binding(0) var<storage, read> probability: array<f32>;
@group(0) @binding(1) var<storage, read> constant: array<f32>;
@group(0) @binding(2) var<storage, read> dscore: array<f32>;
@group(0) @binding(3) var<storage, read> qkv: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> tiles: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> dqkv: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  let quads = (params.depth + 3u) / 4u;
  if (thread >= params.tiles * params.heads * quads) { return; }
  let tile = tiles[thread / (params.heads * quads)];
  let head = (thread / quads) % params.heads;
  let channel = (thread % quads) * 4u;
  let keys = keys_of(tile);
  let rows = rows_of(tile);
  let width = params.heads * params.depth;
  if (rows == 0u) {
    for (var i = 0u; i < tile.y; i++) {
      for (var c = channel; c < min(channel + 4u, params.depth); c++) {
        let at = (3u * (tile.x + i) + 1u) * width + head * params.depth + c;
        dqkv[at] = 0.0;
        dqkv[at + width] = 0.0;
      }
    }
    return;
  }
  let last = head * params.depth + params.depth - 1u;
  let c0 = head * params.depth + channel;
  let columns = vec4u(c0, min(c0 + 1u, last), min(c0 + 2u, last), min(c0 + 3u, last));
  let j0 = tile.x - tile.y;
  let js = min(vec4u(j0, j0 + 1u, j0 + 2u, j0 + 3u), vec4u(keys - 1u));
  var k0 = vec4f(); var k1 = vec4f(); var k2 = vec4f(); var k3 = vec4f();
  var v0 = vec4f(); var v1 = vec4f(); var v2 = vec4f(); var v3 = vec4f();
  for (var i = 0u; i < rows; i++) {
    let at = (tile.y + i) * width + columns;
    let own = 3u * (tile.y + i) * width + columns;
    let query = vec4f(qkv[own.x], qkv[own.y], qkv[own.z], qkv[own.w]);
    let upstream = vec4f(dy[at.x], dy[at.y], dy[at.z], dy[at.w]);
    let pairs = tile.w + i * keys + js;
    let entry = pairs * params.heads + head;
    k0 += dscore[entry.x] * query;
    k1 += dscore[entry.y] * query;
    k2 += dscore[entry.z] * query;
    k3 += dscore[entry.w] * query;
    v0 += (params.lambda * probability[entry.x] + constant[pairs.x]) * upstream;
    v1 += (params.lambda * probability[entry.y] + constant[pairs.y]) * upstream;
    v2 += (params.lambda * probability[entry.z] + constant[pairs.z]) * upstream;
    v3 += (params.lambda * probability[entry.w] + constant[pairs.w]) * upstream;
  }
  for (var c = 0u; c < 4u && channel + c < params.depth; c++) {
    let dkeys = vec4f(k0[c], k1[c], k2[c], k3[c]);
    let dvalues = vec4f(v0[c], v1[c], v2[c], v3[c]);
    for (var t = 0u; t < 4u && j0 + t < rows; t++) {
      let asked = j0 + t < keys;
      let at = (3u * (tile.x + t) + 1u) * width + c0 + c;
      dqkv[at] = select(0.0, dkeys[t], asked);
      dqkv[at + width] = select(0.0, dvalues[t], asked);
    }
  }
}
