// Copies a block of columns between two tables: y[r, to + c] = x[r, from + c], c < width. One thread an element.
struct Params { rows: u32, width: u32, x_row: u32, x_from: u32, y_row: u32, y_to: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  let column = i % params.width;
  y[row * params.y_row + params.y_to + column] = x[row * params.x_row + params.x_from + column];
}
