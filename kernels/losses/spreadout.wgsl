// Half the sum over ordered pairs of samples of the cosine of one item's rows: (|sum of unit rows|^2 - their number) / 2,
// so the samples x samples matrix is never formed. One workgroup: one item. Kept: the sum of unit rows.
struct Params { samples: u32, items: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> inverse: array<f32>;
@group(0) @binding(2) var<storage, read_write> item_losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> unit_sums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = group.x + group.y * groups.x;
  if (item >= params.items) { return; }
  var sum = 0.0;
  for (var c = lane; c < params.width; c += 128u) {
    var units = 0.0;
    var own = 0.0;
    for (var s = 0u; s < params.samples; s++) {
      let unit = x[(s * params.items + item) * params.width + c] * inverse[s * params.items + item];
      units += unit;
      own += unit * unit;
    }
    unit_sums[item * params.width + c] = units;
    sum += units * units - own;
  }
  let total = workgroup_sum(lane, vec4f(sum, 0.0, 0.0, 0.0));
  if (lane == 0u) { item_losses[item] = 0.5 * params.scale * total.x; }
}
