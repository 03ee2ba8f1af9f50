// Gradient of the logits before the leaky ReLU, in the place of that of the weights. One thread: one head of one node.
struct Params { nodes: u32, heads: u32, slope: f32 }
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.nodes * params.heads) { return; }
  let h = i % params.heads;
  let begin = starts[i / params.heads];
  let end = starts[i / params.heads + 1u];
  var mean = 0.0;
  for (var e = begin; e < end; e++) { mean += weights[e * params.heads + h] * gradients[e * params.heads + h]; }
  for (var e = begin; e < end; e++) {
    let at = e * params.heads + h;
    gradients[at] = weights[at] * (gradients[at] - mean) * select(params.slope, 1.0, logits[at] > 0.0);
  }
}
