// y[s, c] = sum over items of mask x / (sum of mask + epsilon); the reciprocal is kept for the derivative.
// One thread: one column of one sample. Items with mask 0 are not read, so that padding may hold anything.
struct Params { samples: u32, items: u32, width: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> mask: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.width) { return; }
  let sample = i / params.width;
  let column = i % params.width;
  var sum = 0.0;
  var count = 0.0;
  for (var item = sample * params.items; item < (sample + 1u) * params.items; item++) {
    let m = mask[item];
    if (m != 0.0) { sum += m * x[item * params.width + column]; }
    count += m;
  }
  let scale = 1.0 / (count + params.epsilon);
  y[i] = sum * scale;
  if (column == 0u) { inverse[sample] = scale; }
}
