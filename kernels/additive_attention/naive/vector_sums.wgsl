// Sums over the keys of ds t. One thread: one channel of one query.
@group(0) @binding(0) var<storage, read> t: array<f32>;
@group(0) @binding(1) var<storage, read> dscore: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;  // [heads samples queries, depth]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.matrices * params.queries * params.depth) { return; }
  let c = at % params.depth;
  let i = at / params.depth;
  let row = params.first * params.queries + i;
  var sum = 0.0;
  for (var j = 0u; j < params.keys; j++) {
    sum += dscore[row * params.stride + j] * t[(i * params.keys + j) * params.depth + c];
  }
  sums[row * params.depth + c] = sum;
}
