// Sums over the rows of two tables of one shape, [rows, width] each. One thread: one column of one of them.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> a_sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> b_sums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

override ADD_A: u32 = 0u;  // 1: add to what a_sums holds
override ADD_B: u32 = 0u;  // 1: add to what b_sums holds

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= 2u * params.width) { return; }
  let column = i % params.width;
  let first = i < params.width;
  var sum = 0.0;
  for (var row = 0u; row < params.rows; row++) {
    let at = row * params.width + column;
    if (first) { sum += a[at]; } else { sum += b[at]; }
  }
  if (first) {
    if (ADD_A == 1u) { sum += a_sums[column]; }
    a_sums[column] = sum;
  } else {
    if (ADD_B == 1u) { sum += b_sums[column]; }
    b_sums[column] = sum;
  }
}
