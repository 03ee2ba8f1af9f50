// The gradient of the mean, handed to every matrix of a slice. One thread: one element of the padded weights.
struct Params { matrices: u32, queries: u32, keys: u32, stride: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> dmean: array<f32>;          // [queries, keys]
@group(0) @binding(1) var<storage, read_write> dweights: array<f32>;  // [matrices, queries, stride]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.matrices * params.queries * params.stride) { return; }
  let column = i % params.stride;
  let row = (i / params.stride) % params.queries;
  let value = params.scale * dmean[row * params.keys + min(column, params.keys - 1u)];
  dweights[i] = select(0.0, value, column < params.keys);
}
