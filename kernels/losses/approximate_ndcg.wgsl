// ApproxNDCG, second part: minus one row's sum of terms over its ideal, times scale; 0 where the ideal is 0.
// One workgroup: one row. Kept for the derivative: scale over the ideal.
struct Params { rows: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> terms: array<f32>;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> row_losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> factors: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  var sums = vec4f();
  for (var k = lane; k < params.width; k += 128u) {
    let gain = exp2(expected[start + order[start + k]]) - 1.0;
    sums += vec4f(terms[start + k], gain / log2(f32(k) + 2.0), 0.0, 0.0);
  }
  let total = workgroup_sum(lane, sums);
  if (lane != 0u) { return; }
  var factor = 0.0;
  if (total.y != 0.0) { factor = params.scale / total.y; }
  row_losses[row] = -factor * total.x;
  factors[row] = factor;
}
