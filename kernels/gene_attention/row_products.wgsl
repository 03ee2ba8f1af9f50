// delta_i = dO_i . O_i of every sample, head and query, which is sum_j A_ij D_ij. One thread: one of them.
struct Params { samples: u32, heads: u32, queries: u32, depth: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;  // [samples, queries, heads depth]
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> delta: array<f32>;  // [samples, heads, queries]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.heads * params.queries) { return; }
  let query = i % params.queries;
  let head = (i / params.queries) % params.heads;
  let sample = i / (params.queries * params.heads);
  let start = ((sample * params.queries + query) * params.heads + head) * params.depth;
  var sum = 0.0;
  for (var c = 0u; c < params.depth; c++) { sum += a[start + c] * b[start + c]; }
  delta[i] = sum;
}
