// y_i = sum_j (lambda p_ij + constant_ij) x_j, the three terms of the molecule attention in one pass: constant holds
// distance and adjacency. With CONSTANT 0 it is y_i = sum_j p_ij x_j (the gradient of the queries).
// x is the columns of a table from x_from on, y those of one from its first on. One thread: one tile of 4 nodes i, 4 channels of
// one head: 12 loads for 16 multiply-adds.
struct Params { tiles: u32, heads: u32, depth: u32, x_row: u32, x_from: u32, y_row: u32, lambda: f32 }
@group(0) @binding(0) var<storage, read> probability: array<f32>;
@group(0) @binding(1) var<storage, read> constant: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> tiles: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override CONSTANT: u32 = 1u;

fn weight(pair: u32, head: u32) -> f32 {
  let p = params.lambda * probability[pair * params.heads + head];
  if (CONSTANT == 1u) { return p + constant[pair]; }
  return p;
}

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
  if (rows == 0u) {
    for (var i = 0u; i < tile.y; i++) {
      for (var c = channel; c < min(channel + 4u, params.depth); c++) {
        y[(tile.x + i) * params.y_row + head * params.depth + c] = 0.0;
      }
    }
    return;
  }
  let last = head * params.depth + params.depth - 1u;
  let c0 = head * params.depth + channel;
  let c1 = min(c0 + 1u, last);
  let c2 = min(c0 + 2u, last);
  let c3 = min(c0 + 3u, last);
  let p0 = first_pair(tile, tile.x);
  let p1 = first_pair(tile, tile.x + 1u);
  let p2 = first_pair(tile, tile.x + 2u);
  let p3 = first_pair(tile, tile.x + 3u);
  var y0 = vec4f(); var y1 = vec4f(); var y2 = vec4f(); var y3 = vec4f();
  for (var j = 0u; j < keys; j++) {
    let row = (tile.y + j) * params.x_row + params.x_from;
    let v = vec4f(x[row + c0], x[row + c1], x[row + c2], x[row + c3]);
    y0 += weight(p0 + j, head) * v;
    y1 += weight(p1 + j, head) * v;
    y2 += weight(p2 + j, head) * v;
    y3 += weight(p3 + j, head) * v;
  }
  for (var c = 0u; c < 4u && channel + c < params.depth; c++) {
    let values = vec4f(y0[c], y1[c], y2[c], y3[c]);
    for (var i = 0u; i < 4u && tile.x + i < tile.y + rows; i++) { y[(tile.x + i) * params.y_row + c0 + c] = values[i]; }
  }
}
