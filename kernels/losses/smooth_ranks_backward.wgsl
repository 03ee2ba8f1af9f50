// Derivative of ApproxNDCG: dp_i = 50 factor sum over j of s'(p_i - p_j) (slope_j - slope_i), s' symmetric and zero for
// exact ties. One thread: one entry.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> slopes: array<f32>;
@group(0) @binding(2) var<storage, read> factors: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

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
  let row = block / blocks;
  let start = row * params.width;
  let p = prediction[start + i];
  let slope = slopes[start + i];
  var sum = 0.0;
  for (var j = 0u; j < params.width; j++) {
    let s = p - prediction[start + j];
    let e = exp(-50.0 * abs(s));
    sum += select(e / ((1.0 + e) * (1.0 + e)), 0.0, s == 0.0) * (slopes[start + j] - slope);
  }
  dx[start + i] = dy[0] * 50.0 * factors[row] * sum;
}
