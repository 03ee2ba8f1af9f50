// The scores used as weights. matmul: y_i = sum_k A_ik g_k; rowsum: y_i = g_i sum_k A_ik. One thread: one y_i.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> gamma: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override ROWSUM: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let gene = id.x;
  if (gene >= params.genes) { return; }
  let sample = (params.first + id.y) * params.genes;
  let row = (id.y * params.genes + gene) * params.genes;
  var sum = 0.0;
  for (var k = 0u; k < params.genes; k++) {
    if (ROWSUM == 1u) { sum += scores[row + k]; } else { sum += scores[row + k] * gamma[sample + k]; }
  }
  if (ROWSUM == 1u) { sum *= gamma[sample + gene]; }
  y[sample + gene] = sum;
}
