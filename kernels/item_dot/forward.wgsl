// y[s, i] = sum over c of x[s, i, c] weight[i, c] + bias[i]: one vector an item, shared by the samples.
// One thread: one (sample, item).
struct Params { samples: u32, items: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.items) { return; }
  let item = i % params.items;
  var sum = 0.0;
  for (var c = 0u; c < params.width; c++) { sum += x[i * params.width + c] * weight[item * params.width + c]; }
  y[i] = sum + bias[item];
}
