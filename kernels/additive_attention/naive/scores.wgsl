// e_ij = w . t_ij + c. One thread: one pair.
@group(0) @binding(0) var<storage, read> t: array<f32>;
@group(0) @binding(1) var<storage, read> vector: array<f32>;
@group(0) @binding(2) var<storage, read> offset: array<f32>;
@group(0) @binding(3) var<storage, read_write> scores: array<f32>;  // [heads, samples, queries, stride]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pair = id.x + id.y * groups.x * 64u;
  if (pair >= params.matrices * params.queries * params.keys) { return; }
  var sum = offset[0];
  for (var c = 0u; c < params.depth; c++) { sum += vector[c] * t[pair * params.depth + c]; }
  let row = params.first * params.queries + pair / params.keys;
  scores[row * params.stride + pair % params.keys] = sum;
}
