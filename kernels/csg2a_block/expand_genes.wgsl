// The block's output from z (csg2a.md 4.1).
//   matmul: y_i = s (g_i w_gex_i.z + c_i w_comp_i.z) + (P g)_i      rowsum: y_i = g_i (s (g_i w_gex_i.m + c_i w_comp_i.m) + r_i)
// One thread: 2 genes x 4 samples. Each quad of w serves 4 samples, each of z serves 2 genes: 8 loads for 16 dot
// products; a PPI row is read once for 4 samples. What is past the end is not stored.
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> zt: array<vec4f>;
@group(0) @binding(4) var<storage, read> graph: array<u32>;  // matmul: CSR pointers, then indices; rowsum: row sums (f32 bits)
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

fn store(gene: u32, sample: u32, scores: vec4f) {
  if (gene >= params.genes) { return; }
  let last = params.batch - 1u;
  let rows = samples_from(sample) * params.genes;
  let g = gammas(rows + gene);
  var value: vec4f;
  if (ROWSUM == 1u) {
    value = g * (scores + bitcast<f32>(graph[gene]));
  } else {
    var neighbours = vec4f();
    for (var e = graph[gene]; e < graph[gene + 1u]; e++) {
      let k = graph[params.genes + 1u + e];
      neighbours += gammas(rows + k);
    }
    value = scores + neighbours;
  }
  y[rows.x + gene] = value.x;
  if (sample + 1u <= last) { y[rows.y + gene] = value.y; }
  if (sample + 2u <= last) { y[rows.z + gene] = value.z; }
  if (sample + 3u <= last) { y[rows.w + gene] = value.w; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let gene = id.x * 2u;
  let sample = id.y * 4u;
  if (gene >= params.genes) { return; }
  let other = min(gene + 1u, params.genes - 1u);
  let z = samples_from(sample) * params.quads;
  var gex_a = vec4f(); var comp_a = vec4f();
  var gex_b = vec4f(); var comp_b = vec4f();
  for (var quad = 0u; quad < params.quads; quad++) {
    let wga = w[gene * 2u * params.quads + quad];
    let wca = w[gene * 2u * params.quads + params.quads + quad];
    let wgb = w[other * 2u * params.quads + quad];
    let wcb = w[other * 2u * params.quads + params.quads + quad];
    let z4 = sums_at(z + quad);
    gex_a += dots(wga, z4);
    comp_a += dots(wca, z4);
    gex_b += dots(wgb, z4);
    comp_b += dots(wcb, z4);
  }
  let rows = samples_from(sample) * params.genes;
  let g_a = gammas(rows + gene);
  let c_a = comps(rows + gene);
  let g_b = gammas(rows + other);
  let c_b = comps(rows + other);
  store(gene, sample, params.scale * (g_a * gex_a + c_a * comp_a));
  store(gene + 1u, sample, params.scale * (g_b * gex_b + c_b * comp_b));
}
