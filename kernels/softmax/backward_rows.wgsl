// dx = y (dy - sum(y dy)), without barriers: for software, and for reading. One thread: one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 8u;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  var inner = 0.0;
  for (var i = 0u; i < params.width; i++) { inner += y[start + i] * dy[start + i]; }
  for (var i = 0u; i < params.width; i++) { dx[start + i] = y[start + i] * (dy[start + i] - inner); }
}
