// dx of the masked mean: mask dy / (sum of mask + epsilon). One thread an element of dx.
struct Params { samples: u32, items: u32, width: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> mask: array<f32>;
@group(0) @binding(2) var<storage, read> inverse: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

override ADD: u32 = 0u;  // 1: add to what dx holds

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.items * params.width) { return; }
  let item = i / params.width;
  let sample = item / params.items;
  var value = mask[item] * inverse[sample] * dy[sample * params.width + i % params.width];
  if (ADD == 1u) { value += dx[i]; }
  dx[i] = value;
}
