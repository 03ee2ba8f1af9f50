// Logits before the leaky ReLU, source's half plus destination's plus the bias of the relation. One thread: one head of one edge.
struct Params { edges: u32, heads: u32 }
@group(0) @binding(0) var<storage, read> sources: array<u32>;
@group(0) @binding(1) var<storage, read> destinations: array<u32>;
@group(0) @binding(2) var<storage, read> relations: array<u32>;
@group(0) @binding(3) var<storage, read> source_logits: array<f32>;
@group(0) @binding(4) var<storage, read> destination_logits: array<f32>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read_write> logits: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.edges * params.heads) { return; }
  let e = i / params.heads;
  let h = i % params.heads;
  logits[i] = source_logits[sources[e] * params.heads + h] + destination_logits[destinations[e] * params.heads + h]
    + bias[relations[e] * params.heads + h];
}
