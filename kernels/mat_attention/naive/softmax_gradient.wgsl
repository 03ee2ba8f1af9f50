// ds = scale p (dp - sum of p dp) over the keys of a row; dscore holds dp before and ds after. One thread: one row of
// one head.
struct Params { rows: u32, heads: u32, depth: u32, most: u32, scale: f32, lambda: f32 }
@group(0) @binding(0) var<storage, read> places: array<vec4u>;
@group(0) @binding(1) var<storage, read> probability: array<f32>;
@group(0) @binding(2) var<storage, read_write> dscore: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.rows) { return; }
  let place = places[id.x];
  var mean = 0.0;
  for (var j = 0u; j < place.y; j++) {
    let at = (place.z + j) * params.heads + id.y;
    mean += probability[at] * dscore[at];
  }
  for (var j = 0u; j < place.y; j++) {
    let at = (place.z + j) * params.heads + id.y;
    dscore[at] = params.scale * probability[at] * (dscore[at] - mean);
  }
}
