// Gradient of the weight of edge features from the sums over edges, vector times sum, and what they add to the vector's own: the sum over
// features of weight times sum. One thread: one channel of one head.
struct Params { features: u32, weight_at: u32 }
@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read> edge: array<f32>;
@group(0) @binding(2) var<storage, read_write> dweight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dvector: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x;
  if (channel >= HEADS * QUADS * 4u) { return; }
  var sum = 0.0;
  for (var f = 0u; f < params.features; f++) {
    let at = channel * params.features + f;
    dweight[at] = edge[channel] * sums[at];
    sum += edge[params.weight_at + at] * sums[at];
  }
  dvector[channel] += sum;
}
