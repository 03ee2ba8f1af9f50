// y = stage3(stage2(stage1(stage0(x)))). One thread an element.
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: StepState;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.n) { return; }
  let keep = keep_factor(i);
  let x1 = stage(STAGE0, x[i], params.u0, params.v0, keep);
  let x2 = stage(STAGE1, x1, params.u1, params.v1, keep);
  let x3 = stage(STAGE2, x2, params.u2, params.v2, keep);
  y[i] = stage(STAGE3, x3, params.u3, params.v3, keep);
}
