// Derivative of RankNet: dp_i = sum over j != i of w (half (1 - y_ij) - sigmoid(p_j - p_i)), w the weight of the pair's
// lower index. The term is the same seen from either side, so no thread writes for another. One thread: one i.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override WEIGHTED: u32 = 0u;

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
  let t = expected[start + i];
  var sum = 0.0;
  for (var j = 0u; j < params.width; j++) {
    if (j == i) { continue; }
    let s = p - prediction[start + j];
    let e = exp(-abs(s));
    let against = select(1.0, e, s > 0.0) / (1.0 + e);  // sigmoid(-s)
    let term = 0.5 * (1.0 - sign(t - expected[start + j])) - against;
    if (WEIGHTED == 1u) { sum += weights[min(i, j)] * term; } else { sum += term; }
  }
  dx[start + i] = dy[0] * sum;
}
