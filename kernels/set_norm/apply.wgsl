// y = scale (x - mean) factor + shift, masked elements too. One thread: one Value.
struct Params { samples: u32, elements: u32, cells: u32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> scale: array<Value>;
@group(0) @binding(2) var<storage, read> shift: array<Value>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<Value>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.elements * params.cells) { return; }
  let of_sample = statistics[i / (params.elements * params.cells)];
  let column = i % params.cells;
  y[i] = scale[column] * ((x[i] - of_sample.x) * of_sample.y) + shift[column];
}
