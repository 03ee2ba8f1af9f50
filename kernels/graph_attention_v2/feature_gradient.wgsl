// Gradient of the edge features, from the records alone. One thread: one feature of one edge.
struct Params { edges: u32, features: u32, weight_at: u32, slope: f32 }
@group(0) @binding(0) var<storage, read> kept: array<u32>;
@group(0) @binding(1) var<storage, read> edge: array<f32>;
@group(0) @binding(2) var<storage, read_write> dfeatures: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = unfold(id, groups, 64u);
  if (i >= params.edges * params.features) { return; }
  let feature = i % params.features;
  var sum = 0.0;
  for (var h = 0u; h < HEADS; h++) {
    let record = (i / params.features * HEADS + h) * RECORD;
    let dz = bitcast<f32>(kept[record + WORDS]);
    for (var q = 0u; q < QUADS; q++) {
      let d = dz * slopes(kept[record + q / 8u] >> (4u * (q % 8u)), params.slope);
      let at = (h * QUADS + q) * 4u;
      for (var c = 0u; c < 4u; c++) {
        sum += edge[at + c] * d[c] * edge[params.weight_at + (at + c) * params.features + feature];
      }
    }
  }
  dfeatures[i] = sum;
}
