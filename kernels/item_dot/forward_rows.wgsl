// forward.wgsl for GPUs. One workgroup of 64 threads: four (sample, item), 16 threads each.
struct Params { samples: u32, items: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let count = params.samples * params.items;
  let wanted = (group.x + group.y * groups.x) * 4u + lane / 16u;
  let i = min(wanted, count - 1u);
  let item = i % params.items;
  var sum = 0.0;
  for (var c = lane % 16u; c < params.width; c += 16u) { sum += x[i * params.width + c] * weight[item * params.width + c]; }
  sum = row_sum(lane, sum);
  if (wanted < count && lane % 16u == 0u) { y[i] = sum + bias[item]; }
}
