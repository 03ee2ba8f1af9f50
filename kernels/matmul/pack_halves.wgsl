// n values as halves, two to a word; beyond +-65504 a half is no longer finite. One thread: one word.
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> halves: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (2u * i >= params.n) { return; }
  halves[i] = pack2x16float(vec2f(x[2u * i], x[min(2u * i + 1u, params.n - 1u)]));
}
