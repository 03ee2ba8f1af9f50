// The mean of a slice's weight matrices (times `scale`, one over all matrices of the batch), added to that of earlier slices.
// One thread: one pair.
struct Params { matrices: u32, queries: u32, keys: u32, stride: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> weights: array<f32>;     // [matrices, queries, stride]
@group(0) @binding(1) var<storage, read_write> mean: array<f32>;  // [queries, keys]
@group(0) @binding(2) var<uniform> params: Params;
override ACCUMULATE: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.queries * params.keys) { return; }
  let at = i / params.keys * params.stride + i % params.keys;
  var sum = 0.0;
  for (var z = 0u; z < params.matrices; z++) { sum += weights[z * params.queries * params.stride + at]; }
  sum *= params.scale;
  if (ACCUMULATE == 1u) { sum += mean[i]; }
  mean[i] = sum;
}
