// The logarithm of each row's sum beside delta_i = dO_i . O_i. One workgroup of 64 threads: four queries of a head and sample, heads
// fastest as in memory, 16 threads each.
struct Params { samples: u32, heads: u32, queries: u32, depth: u32 }
@group(0) @binding(0) var<storage, read> log_sums: array<f32>;            // [samples, heads, queries]
@group(0) @binding(1) var<storage, read> y: array<f32>;                   // [samples, queries, heads, depth]
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> statistics: array<vec2f>;  // [samples, heads, queries]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let count = params.samples * params.queries * params.heads;
  let wanted = (group.x + group.y * groups.x) * 4u + lane / 16u;
  let i = min(wanted, count - 1u);
  var sum = 0.0;
  for (var c = lane % 16u; c < params.depth; c += 16u) { sum += y[i * params.depth + c] * dy[i * params.depth + c]; }
  sum = row_sum(lane, sum);
  let row = i / params.heads;  // of all samples
  let at = ((row / params.queries) * params.heads + i % params.heads) * params.queries + row % params.queries;
  if (wanted < count && lane % 16u == 0u) { statistics[at] = vec2f(log_sums[at], sum); }
}
