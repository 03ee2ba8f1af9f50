// out[pair][head] = scale a_i . b_j for every row i and key j of its molecule. One thread: one entry.
// a and b are tables among the columns of wider ones. places[row] = (first row of its molecule, keys it asks, first pair of the row, rows of its molecule); 0 keys: surplus.
struct Params {
  rows: u32, heads: u32, depth: u32, most: u32, scale: f32, lambda: f32, a_row: u32, a_start: u32, b_row: u32, b_start: u32,
}
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> places: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= params.rows) { return; }
  let place = places[id.y];
  if (id.x >= place.y) { return; }
  var sum = 0.0;
  for (var c = id.z * params.depth; c < (id.z + 1u) * params.depth; c++) {
    sum += a[id.y * params.a_row + params.a_start + c] * b[(place.x + id.x) * params.b_row + params.b_start + c];
  }
  out[(place.z + id.x) * params.heads + id.z] = params.scale * sum;
}
