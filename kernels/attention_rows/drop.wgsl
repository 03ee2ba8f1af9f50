// Weights after dropout, beside those before it, which the gradient of the scores needs. One thread: one quad.
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dropped: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: StepState;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.quads) { return; }
  dropped[i] = weights[i] * kept(row_at(i / params.quads), i % params.quads);
}
