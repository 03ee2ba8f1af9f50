// out[pair][head] = scale a_i . b_j for every row i and key j of its molecule. One thread: one entry.
// places[row] = (first row of its molecule, keys it asks, first pair of the row, rows of its molecule); 0 keys: surplus.
struct Params { rows: u32, heads: u32, depth: u32, most: u32, scale: f32, lambda: f32 }
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
  let width = params.heads * params.depth;
  var sum = 0.0;
  for (var c = id.z * params.depth; c < (id.z + 1u) * params.depth; c++) {
    sum += a[id.y * width + c] * b[(place.x + id.x) * width + c];
  }
  out[(place.z + id.x) * params.heads + id.z] = params.scale * sum;
}
