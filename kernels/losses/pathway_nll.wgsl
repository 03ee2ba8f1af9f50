// Sums of mask w (-ln(score of the label + 0.1)) and of the mask; w is 1 for class 0 and 10 for class 1.
// One workgroup: one pair of partial sums.
struct Params { rows: u32 }
@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> mask: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial_sums: array<vec2f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  var sums = vec4f();
  for (var i = group.x * 128u + lane; i < params.rows; i += groups.x * 128u) {
    let label = min(labels[i], 1u);
    let weight = select(1.0, 10.0, label == 1u);
    let m = mask[i];
    if (m != 0.0) { sums += vec4f(-m * weight * log(scores[2u * i + label] + 0.1), m, 0.0, 0.0); }
  }
  let total = workgroup_sum(lane, sums);
  if (lane == 0u) { partial_sums[group.x] = total.xy; }
}
