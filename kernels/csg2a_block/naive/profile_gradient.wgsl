// What the profile gets as the thing weighted. matmul: dg_k = sum_i A_ik u_i; rowsum: dg_i = u_i sum_k A_ik.
// One thread: one value.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> u: array<f32>;
@group(0) @binding(2) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override ROWSUM: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let gene = id.x;
  if (gene >= params.genes) { return; }
  let sample = (params.first + id.y) * params.genes;
  let matrix = id.y * params.genes * params.genes;
  var sum = 0.0;
  for (var k = 0u; k < params.genes; k++) {
    if (ROWSUM == 1u) { sum += scores[matrix + gene * params.genes + k]; }
    else { sum += scores[matrix + k * params.genes + gene] * u[sample + k]; }
  }
  if (ROWSUM == 1u) { sum *= u[sample + gene]; }
  dgamma[sample + gene] = sum;
}
