// ApproxNDCG, first part. Smooth rank of each entry: half + sum over others of sigmoid(-50 (p_i - p_j)), exact ties
// counting nothing; from it the entry's term (2^t - 1) / log2(rank + 1) and minus that term's slope in the rank.
// One thread: one entry.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read_write> terms: array<f32>;
@group(0) @binding(3) var<storage, read_write> slopes: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let blocks = (params.width + 127u) / 128u;
  let block = group.x + group.y * groups.x;
  let i = block % blocks * 128u + lane;
  if (i >= params.width || block >= blocks * params.rows) { return; }
  let start = block / blocks * params.width;
  let p = prediction[start + i];
  var rank = 0.5;
  for (var j = 0u; j < params.width; j++) {
    let s = p - prediction[start + j];
    let e = exp(-50.0 * abs(s));
    let ahead = select(1.0, e, s > 0.0) / (1.0 + e);
    rank += select(ahead, 0.0, s == 0.0);
  }
  let gain = exp2(expected[start + i]) - 1.0;
  let discount = log2(rank + 1.0);
  terms[start + i] = select(gain / discount, p, is_nan(p));
  slopes[start + i] = gain / (discount * discount * (rank + 1.0) * 0.6931471805599453);
}
