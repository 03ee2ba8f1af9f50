// t = tanh(q_i + k_j + b), stored. One thread: one channel of one pair.
@group(0) @binding(0) var<storage, read> query: array<f32>;
@group(0) @binding(1) var<storage, read> key: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> t: array<f32>;  // [matrices, queries, keys, depth]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.matrices * params.queries * params.keys * params.depth) { return; }
  let c = at % params.depth;
  let j = (at / params.depth) % params.keys;
  let i = (at / (params.depth * params.keys)) % params.queries;
  let matrix = params.first + at / (params.depth * params.keys * params.queries);
  let sum = query[query_start(matrix, i) + c] + key[key_start(matrix, j) + c] + bias[c];
  t[at] = hyperbolic_tangent(sum);
}
