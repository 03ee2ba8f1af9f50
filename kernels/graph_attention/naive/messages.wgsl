// What every edge carries: the row of its node, each head times its weight. One thread: one channel of one edge.
struct Params { edges: u32, heads: u32, channels: u32 }
@group(0) @binding(0) var<storage, read> nodes: array<u32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> messages: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let width = params.heads * params.channels;
  if (i >= params.edges * width) { return; }
  messages[i] = weights[i / params.channels] * x[nodes[i / width] * width + i % width];
}
