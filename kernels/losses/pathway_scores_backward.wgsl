// Derivative of the two-class scores with respect to the attention weights. One thread an element.
struct Params { heads: u32, rows: u32, keys: u32, stride: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.heads * params.rows * params.stride) { return; }
  let row = i / params.stride % params.rows;
  let key = i % params.stride;
  let fragment = select(1u, 0u, key == params.keys - 1u);
  dx[i] = select(0.0, dy[2u * row + fragment] / f32(params.heads), key < params.keys);
}
