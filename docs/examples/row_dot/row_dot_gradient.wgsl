// dx[r, c] = dy[r] other[r, c]: the gradient of either factor. One thread: one element.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> other: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i < params.rows * params.width) { dx[i] = dy[i / params.width] * other[i]; }
}
