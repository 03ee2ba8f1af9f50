// RankNet over the pairs i < j of one row: half (1 - y) S + ln(1 + e^-S), S = p_i - p_j, y = sign(t_i - t_j), times the
// weight of i. One thread: one i; one workgroup: 128 of them, one partial sum.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial_losses: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

override WEIGHTED: u32 = 0u;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let blocks = (params.width + 127u) / 128u;
  let block = group.x + group.y * groups.x;
  if (block >= blocks * params.rows) { return; }
  let i = block % blocks * 128u + lane;
  let start = block / blocks * params.width;
  var sum = 0.0;
  if (i < params.width) {
    let p = prediction[start + i];
    let t = expected[start + i];
    for (var j = i + 1u; j < params.width; j++) {
      let s = p - prediction[start + j];
      // In the pair's own direction: ln(1 + e^-|S|), plus |S| where the order is wrong, half of it for a tie.
      let wrong = 0.5 * (1.0 - sign(t - expected[start + j]) * sign(s));
      sum += log(1.0 + exp(-abs(s))) + wrong * abs(s);
    }
    // sign() of a NaN is a tie on some drivers.
    if (is_nan(t)) { sum = t; }
    if (WEIGHTED == 1u) { sum *= weights[i]; }
  }
  let total = workgroup_sum(lane, vec4f(sum, 0.0, 0.0, 0.0));
  if (lane == 0u) { partial_losses[block] = total.x; }
}
