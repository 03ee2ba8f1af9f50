// y[r] = sum over c of a[r, c] b[r, c]. One thread: one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 64u;
  if (row >= params.rows) { return; }
  var sum = 0.0;
  for (var c = 0u; c < params.width; c++) { sum += a[row * params.width + c] * b[row * params.width + c]; }
  y[row] = sum;
}
