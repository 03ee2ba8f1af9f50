// dq_i = s sum_k (dA_ik + dA_ki) q_k. One thread: one value.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> dscores: array<f32>;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read_write> dq: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let gene = id.y;
  if (column >= params.width || gene >= params.genes) { return; }
  let sample = id.z * params.genes;
  let matrix = id.z * params.genes * params.genes;
  var sum = 0.0;
  for (var k = 0u; k < params.genes; k++) {
    let weight = dscores[matrix + gene * params.genes + k] + dscores[matrix + k * params.genes + gene];
    sum += weight * q[(sample + k) * params.width + column];
  }
  dq[(sample + gene) * params.width + column] = params.scale * sum;
}
