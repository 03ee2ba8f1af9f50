// Gradient of the weights: the product of an edge's source row with dy at its destination. One thread: one head of one edge.
struct Params { edges: u32, heads: u32, channels: u32 }
@group(0) @binding(0) var<storage, read> sources: array<u32>;
@group(0) @binding(1) var<storage, read> destinations: array<u32>;
@group(0) @binding(2) var<storage, read> xl: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dweights: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.edges * params.heads) { return; }
  let e = i / params.heads;
  let h = i % params.heads;
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    sum += xl[(sources[e] * params.heads + h) * params.channels + c] * dy[(destinations[e] * params.heads + h) * params.channels + c];
  }
  dweights[i] = sum;
}
