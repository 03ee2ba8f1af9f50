// dg_i += w_gex_i . dq_i and dc_i = w_comp_i . dq_i. One thread: one gene of one sample.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> dq: array<f32>;
@group(0) @binding(1) var<storage, read> w_gex: array<f32>;
@group(0) @binding(2) var<storage, read> w_comp: array<f32>;
@group(0) @binding(3) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(4) var<storage, read_write> dcomp: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.samples * params.genes) { return; }
  let gene = params.first * params.genes + at;
  let weight = (at % params.genes) * params.width;
  var gex = 0.0;
  var condition = 0.0;
  for (var c = 0u; c < params.width; c++) {
    gex += w_gex[weight + c] * dq[at * params.width + c];
    condition += w_comp[weight + c] * dq[at * params.width + c];
  }
  dgamma[gene] += gex;
  dcomp[gene] = condition;
}
