// y[r] = x[source[r]], zero where the source is no row of x. One thread an element.
struct Params { rows: u32, sources: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = source[i / params.width];
  var value = 0.0;
  if (row < params.sources) { value = x[row * params.width + i % params.width]; }
  y[i] = value;
}
