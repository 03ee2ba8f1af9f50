// Gradient of the rows: each head's vector times the gradient of its logit. One thread: one channel of one node.
struct Params { nodes: u32, heads: u32, channels: u32 }
@group(0) @binding(0) var<storage, read> dlogits: array<f32>;
@group(0) @binding(1) var<storage, read> vector: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let width = params.heads * params.channels;
  if (i >= params.nodes * width) { return; }
  dx[i] = dlogits[i / params.channels] * vector[i % width];
}
