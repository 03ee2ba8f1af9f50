// The sums of sum_pair.wgsl for GPUs and many rows. One workgroup of 16 x 16 threads: 16 columns of both.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> a_sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> b_sums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
alias Summand = vec2f;

override ADD_A: u32 = 0u;  // 1: add to what a_sums holds
override ADD_B: u32 = 0u;  // 1: add to what b_sums holds

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = (group.x + group.y * groups.x) * 16u + lane % 16u;
  var sums = vec2f();
  for (var row = lane / 16u; row < params.rows; row += 16u) {
    let at = row * params.width + min(column, params.width - 1u);
    sums += vec2f(a[at], b[at]);
  }
  sums = column_sum(lane, sums);
  if (lane >= 16u || column >= params.width) { return; }
  if (ADD_A == 1u) { sums.x += a_sums[column]; }
  if (ADD_B == 1u) { sums.y += b_sums[column]; }
  a_sums[column] = sums.x;
  b_sums[column] = sums.y;
}
