// dx[s, i, c] = dy[s, i] weight[i, c]. One thread an element.
struct Params { samples: u32, items: u32, width: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let table = params.items * params.width;
  if (i >= params.samples * table) { return; }
  dx[i] = dy[i / params.width] * weight[i % table];
}
