// out_i = sum over keys j of w_ij x_j; OVER_ROWS 1: out_j = sum over the rows i of the molecule of w_ij x_i, zero for a row that
// is no key. One thread: one value.
// x and out are tables among the columns of wider ones.
// CONSTANT 1: w = lambda p + constant (the three terms); 0: w = p.
struct Params {
  rows: u32, heads: u32, depth: u32, most: u32, scale: f32, lambda: f32, x_row: u32, x_start: u32, out_row: u32, out_start: u32,
}
@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(1) var<storage, read> constant: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> places: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override CONSTANT: u32 = 1u;
override OVER_ROWS: u32 = 0u;

fn weight(pair: u32, head: u32) -> f32 {
  let value = p[pair * params.heads + head];
  if (CONSTANT == 1u) { return params.lambda * value + constant[pair]; }
  return value;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y;
  let width = params.heads * params.depth;
  if (column >= width || row >= params.rows) { return; }
  let head = column / params.depth;
  var sum = 0.0;
  let place = places[row];
  let key = row - place.x;
  if (OVER_ROWS == 0u) {
    for (var j = 0u; j < place.y; j++) {
      sum += weight(place.z + j, head) * x[(place.x + j) * params.x_row + params.x_start + column];
    }
  } else if (key < place.y) {
    for (var i = place.x; i < place.x + place.w; i++) {
      sum += weight(places[i].z + key, head) * x[i * params.x_row + params.x_start + column];
    }
  }
  out[row * params.out_row + params.out_start + column] = sum;
}
