// ds_ij = s p_ij (dp_ij - sum_j p_ij dp_ij), dp_ij = lambda dy_i . v_j: the gradient of q_i . k_j.
// One thread: one tile of 4 nodes i, one head, like the scores.
struct Params { tiles: u32, heads: u32, depth: u32, scale: f32, lambda: f32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<f32>;
@group(0) @binding(2) var<storage, read> probability: array<f32>;
@group(0) @binding(3) var<storage, read> tiles: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> dscore: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.tiles * params.heads) { return; }
  let tile = tiles[thread / params.heads];
  let head = thread % params.heads;
  let keys = keys_of(tile);
  let rows = rows_of(tile);
  if (rows == 0u) { return; }
  let width = params.heads * params.depth;
  let channel = head * params.depth;
  var delta = vec4f();
  for (var j = 0u; j < keys; j += 4u) {
    var d0 = clamped_row(tile, tile.x) * width + channel;
    var d1 = clamped_row(tile, tile.x + 1u) * width + channel;
    var d2 = clamped_row(tile, tile.x + 2u) * width + channel;
    var d3 = clamped_row(tile, tile.x + 3u) * width + channel;
    var v0 = clamped_key(tile, tile.y + j) * width + channel;
    var v1 = clamped_key(tile, tile.y + j + 1u) * width + channel;
    var v2 = clamped_key(tile, tile.y + j + 2u) * width + channel;
    var v3 = clamped_key(tile, tile.y + j + 3u) * width + channel;
    var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
    for (var c = 0u; c < params.depth; c++) {
      let values = vec4f(v[v0 + c], v[v1 + c], v[v2 + c], v[v3 + c]);
      s0 += dy[d0 + c] * values;
      s1 += dy[d1 + c] * values;
      s2 += dy[d2 + c] * values;
      s3 += dy[d3 + c] * values;
    }
    for (var t = 0u; t < 4u && j + t < keys; t++) {
      let s = params.lambda * vec4f(s0[t], s1[t], s2[t], s3[t]);
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
