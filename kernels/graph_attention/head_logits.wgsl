// Product of each head's slice of a row with its attention vector. One thread: one head of one node.
struct Params { nodes: u32, heads: u32, channels: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> vector: array<f32>;
@group(0) @binding(2) var<storage, read_write> logits: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.nodes * params.heads) { return; }
  let head = thread % params.heads * params.channels;
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) { sum += x[thread * params.channels + c] * vector[head + c]; }
  logits[thread] = sum;
}
