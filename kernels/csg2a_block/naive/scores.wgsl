// scores[sample][i][k] = s q_i . q_k for the samples of a slice. One thread: one score.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.genes || id.y >= params.genes) { return; }
  let row = (id.z * params.genes + id.y) * params.width;
  let column = (id.z * params.genes + id.x) * params.width;
  var sum = 0.0;
  for (var c = 0u; c < params.width; c++) { sum += q[row + c] * q[column + c]; }
  scores[(id.z * params.genes + id.y) * params.genes + id.x] = params.scale * sum;
}
