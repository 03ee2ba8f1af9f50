// Weights of the edges that come into a node, from their logits. One thread: one head of one node.
struct Params { nodes: u32, heads: u32, slope: f32 }
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.nodes * params.heads) { return; }
  let h = i % params.heads;
  let begin = starts[i / params.heads];
  let end = starts[i / params.heads + 1u];
  var most = -3.0e38;
  for (var e = begin; e < end; e++) {
    let l = logits[e * params.heads + h];
    most = max(most, select(params.slope * l, l, l > 0.0));
  }
  var total = 0.0;
  for (var e = begin; e < end; e++) {
    let l = logits[e * params.heads + h];
    let weight = exp(select(params.slope * l, l, l > 0.0) - most);
    weights[e * params.heads + h] = weight;
    total += weight;
  }
  for (var e = begin; e < end; e++) { weights[e * params.heads + h] /= total; }
}
