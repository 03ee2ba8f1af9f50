// Sums over chunks of edges of a feature times dz leakyRelu'(w), from the records and the features alone: [chunks][HEADS][4 QUADS][features].
// One thread: one channel and feature of one chunk.
struct Params { edges: u32, features: u32, features_at: u32, chunk: u32, chunks: u32, slope: f32 }
@group(0) @binding(0) var<storage, read> kept: array<u32>;
@group(0) @binding(1) var<storage, read> edge: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = unfold(id, groups, 64u);
  let width = HEADS * QUADS * 4u * params.features;
  if (i >= params.chunks * width) { return; }
  let feature = i % params.features;
  let channel = i / params.features % (HEADS * QUADS * 4u);
  let h = channel / (QUADS * 4u);
  let bit = channel % (QUADS * 4u);
  let first = i / width * params.chunk;
  var sum = 0.0;
  for (var e = first; e < min(first + params.chunk, params.edges); e++) {
    let record = (e * HEADS + h) * RECORD;
    let up = ((kept[record + bit / 32u] >> (bit % 32u)) & 1u) == 1u;
    let dw = bitcast<f32>(kept[record + WORDS]) * select(params.slope, 1.0, up);
    sum += dw * edge[params.features_at + e * params.features + feature];
  }
  sums[i] = sum;
}
