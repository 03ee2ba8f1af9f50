// dw_gex_i = sum over samples of g_i dq_i, dw_comp_i = sum of c_i dq_i. A later slice adds to the ones before.
// One thread: one weight of both.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> comp: array<f32>;
@group(0) @binding(2) var<storage, read> dq: array<f32>;
@group(0) @binding(3) var<storage, read_write> dw_gex: array<f32>;
@group(0) @binding(4) var<storage, read_write> dw_comp: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override ACCUMULATE: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  let weights = params.genes * params.width;
  if (at >= weights) { return; }
  let gene = at / params.width;
  var gex = 0.0;
  var condition = 0.0;
  if (ACCUMULATE == 1u) {
    gex = dw_gex[at];
    condition = dw_comp[at];
  }
  for (var sample = 0u; sample < params.samples; sample++) {
    let d = dq[sample * weights + at];
    let row = (params.first + sample) * params.genes + gene;
    gex += gamma[row] * d;
    condition += comp[row] * d;
  }
  dw_gex[at] = gex;
  dw_comp[at] = condition;
}
