// Softmax over the keys of a row, in place. One thread: one row of one head.
struct Params { rows: u32, heads: u32, depth: u32, most: u32, scale: f32, lambda: f32 }
@group(0) @binding(0) var<storage, read> places: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> probability: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.rows) { return; }
  let place = places[id.x];
  var largest = -3.4e38;
  for (var j = 0u; j < place.y; j++) { largest = max(largest, probability[(place.z + j) * params.heads + id.y]); }
  var sum = 0.0;
  for (var j = 0u; j < place.y; j++) { sum += exp(probability[(place.z + j) * params.heads + id.y] - largest); }
  for (var j = 0u; j < place.y; j++) {
    let at = (place.z + j) * params.heads + id.y;
    probability[at] = exp(probability[at] - largest) / sum;
  }
}
