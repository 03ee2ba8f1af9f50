// Zeros between the last key of each row and the end of its last quad, which a product leaves unwritten. One thread: a row.
struct Params { rows: u32, width: u32, stride: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 64u;
  if (row >= params.rows) { return; }
  for (var column = params.width; column < params.stride; column++) { x[row * params.stride + column] = 0.0; }
}
