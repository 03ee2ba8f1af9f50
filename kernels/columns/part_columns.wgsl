// The reverse of join_columns.wgsl: a table's columns handed to up to three tables, whose rows have no gaps. One thread an element.
struct Params { rows: u32, width: u32, x_row: u32, x_from: u32, w0: u32, w1: u32, w2: u32 }
@group(0) @binding(@p) var<storage, read_write> y@p: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  var column = i % params.width;
  let value = x[row * params.x_row + params.x_from + column];
  if (column < params.w@p) { y@p[row * params.w@p + column] = value; return; } column -= params.w@p;
}
