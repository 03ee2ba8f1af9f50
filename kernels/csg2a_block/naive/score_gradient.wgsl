// dA[sample][i][k] = u_i g_k (matmul) or u_i g_i (rowsum), stored. One thread: one value.
// SYMMETRIC 1 stores dA + dA', which is what the gradient of Q multiplies: for the twin with tiled products.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> u: array<f32>;
@group(0) @binding(2) var<storage, read_write> dscores: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override ROWSUM: u32 = 0u;
override SYMMETRIC: u32 = 0u;

fn entry(i: u32, k: u32) -> f32 {
  if (ROWSUM == 1u) { return u[i] * gamma[i]; }
  return u[i] * gamma[k];
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.genes || id.y >= params.genes) { return; }
  let sample = (params.first + id.z) * params.genes;
  var value = entry(sample + id.y, sample + id.x);
  if (SYMMETRIC == 1u) { value += entry(sample + id.x, sample + id.y); }
  dscores[(id.z * params.genes + id.y) * params.genes + id.x] = value;
}
