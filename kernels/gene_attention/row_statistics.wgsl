// The logarithm of each row's sum beside delta_i = dO_i . O_i. One thread: one query of one head and sample.
struct Params { samples: u32, heads: u32, queries: u32, depth: u32 }
@group(0) @binding(0) var<storage, read> log_sums: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> statistics: array<vec2f>;  // [samples, heads, queries]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.heads * params.queries) { return; }
  let query = i % params.queries;
  let head = (i / params.queries) % params.heads;
  let sample = i / (params.queries * params.heads);
  let start = ((sample * params.queries + query) * params.heads + head) * params.depth;
  var sum = 0.0;
  for (var c = 0u; c < params.depth; c++) { sum += y[start + c] * dy[start + c]; }
  statistics[i] = vec2f(log_sums[i], sum);
}
