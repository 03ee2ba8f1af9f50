// Gradient of tanh's argument in place of t: ds_ij w (1 - t^2). One thread: one channel of one pair.
@group(0) @binding(0) var<storage, read> dscore: array<f32>;
@group(0) @binding(1) var<storage, read> vector: array<f32>;
@group(0) @binding(2) var<storage, read_write> t: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.matrices * params.queries * params.keys * params.depth) { return; }
  let pair = at / params.depth;
  let row = params.first * params.queries + pair / params.keys;
  t[at] = dscore[row * params.stride + pair % params.keys] * vector[at % params.depth] * (1.0 - t[at] * t[at]);
}
