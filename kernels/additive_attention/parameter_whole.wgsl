// Both stages of the gradients of bias, vector and offset at once, for GPUs and few rows. One workgroup of 16 x 16 threads: 16 channels.
struct Params { rows: u32, depth: u32, scores: u32 }
@group(0) @binding(0) var<storage, read> dquery: array<f32>;      // [rows, depth]
@group(0) @binding(1) var<storage, read> r_sums: array<f32>;      // [rows, depth]
@group(0) @binding(2) var<storage, read> score_sums: array<f32>;  // [scores]
@group(0) @binding(3) var<storage, read_write> dbias: array<f32>;
@group(0) @binding(4) var<storage, read_write> dvector: array<f32>;
@group(0) @binding(5) var<storage, read_write> doffset: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;
alias Summand = vec3f;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = group.x * 16u + lane % 16u;
  var sums = vec3f();
  for (var row = lane / 16u; row < params.rows; row += 16u) {
    let at = row * params.depth + min(column, params.depth - 1u);
    sums += vec3f(dquery[at], r_sums[at], 0.0);
  }
  for (var k = lane; k < params.scores; k += 256u) { sums.z += score_sums[k]; }
  sums = column_sum(lane, sums);
  // The scores are of no channel: all 16 columns hold a part of their sum.
  var score = 0.0;
  for (var c = 0u; c < 16u; c++) { score += column_shares[c].z; }
  if (lane >= 16u || column >= params.depth) { return; }
  dbias[column] = sums.x;
  dvector[column] = score - 2.0 * sums.y;
  if (column == 0u) { doffset[0] = score; }
}
