// backward_weights.wgsl for GPUs. One workgroup of 16 x 16 threads: 16 columns of one chunk of rows.
struct Params { rows: u32, width: u32, chunk: u32, chunks: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dscale: array<f32>;
@group(0) @binding(4) var<storage, read_write> dshift: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;
alias Summand = vec2f;

override KIND: u32 = 0u;
override ADD_SCALE: u32 = 0u;  // 1: add to what dscale holds
override ADD_SHIFT: u32 = 0u;  // 1: add to what dshift holds

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (params.width + 15u) / 16u;
  let part = group.x + group.y * groups.x;
  if (part >= params.chunks * across) { return; }
  let column = part % across * 16u + lane % 16u;
  let first = part / across * params.chunk;
  let end = min(first + params.chunk, params.rows);
  var sums = vec2f();
  for (var row = first + lane / 16u; row < end; row += 16u) {
    let at = row * params.width + min(column, params.width - 1u);
    let s = statistics[row];
    sums += vec2f(dy[at] * (x[at] - s.x) / (s.y + select(0.0, params.epsilon, KIND == 1u)), dy[at]);
  }
  sums = column_sum(lane, sums);
  if (lane >= 16u || column >= params.width) { return; }
  let i = part / across * params.width + column;
  if (ADD_SCALE == 1u) { sums.x += dscale[i]; }
  if (ADD_SHIFT == 1u) { sums.y += dshift[i]; }
  dscale[i] = sums.x;
  dshift[i] = sums.y;
}
