// dweight[i, c] = sum over samples of dy[s, i] x[s, i, c], in the order of samples. One thread an element.
struct Params { samples: u32, items: u32, width: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> dweight: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let table = params.items * params.width;
  if (i >= table) { return; }
  let item = i / params.width;
  var sum = 0.0;
  for (var s = 0u; s < params.samples; s++) { sum += dy[s * params.items + item] * x[s * table + i]; }
  dweight[i] = sum;
}
