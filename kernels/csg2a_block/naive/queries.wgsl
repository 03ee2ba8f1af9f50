// q[sample][i][c] = g_i w_gex[i][c] + c_i w_comp[i][c]: Q of csg2a.md 2.4, stored, for a slice of the batch:
// `samples` samples from `first` on. One thread: one value.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> comp: array<f32>;
@group(0) @binding(2) var<storage, read> w_gex: array<f32>;
@group(0) @binding(3) var<storage, read> w_comp: array<f32>;
@group(0) @binding(4) var<storage, read_write> q: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.samples * params.genes * params.width) { return; }
  let gene = params.first * params.genes + at / params.width;
  let weight = at % (params.genes * params.width);
  q[at] = gamma[gene] * w_gex[weight] + comp[gene] * w_comp[weight];
}
