// scores += P, a 0/1 matrix as CSR (pointers, then indices). One thread: one row of one sample.
struct Params { first: u32, samples: u32, genes: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> graph: array<u32>;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let gene = id.x;
  if (gene >= params.genes) { return; }
  let row = (id.y * params.genes + gene) * params.genes;
  for (var e = graph[gene]; e < graph[gene + 1u]; e++) { scores[row + graph[params.genes + 1u + e]] += 1.0; }
}
