// The block's output from z (csg2a.md 4.1).
//   matmul: y_i = s (g_i w_gex_i.z + c_i w_comp_i.z) + (P g)_i      rowsum: y_i = g_i (s (g_i w_gex_i.m + c_i w_comp_i.m) + r_i)
// One thread: 2 genes x 4 samples. Each quad of w serves 4 samples, each of z serves 2 genes: 8 loads for 16 dot
// products; a PPI row is read once for 4 samples. Genes and samples past the end repeat the last and are not stored.
struct Params { batch: u32, genes: u32, quads: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> comp: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> zt: array<vec4f>;
@group(0) @binding(4) var<storage, read> graph: array<u32>;  // matmul: CSR pointers, then indices; rowsum: row sums (f32 bits)
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

override ROWSUM: u32 = 0u;

fn store(gene: u32, sample: u32, scores: vec4f) {
  if (gene >= params.genes) { return; }
  let last = params.batch - 1u;
  let rows = vec4u(sample, min(sample + 1u, last), min(sample + 2u, last), min(sample + 3u, last)) * params.genes;
  let g = vec4f(gamma[rows.x + gene], gamma[rows.y + gene], gamma[rows.z + gene], gamma[rows.w + gene]);
  var value: vec4f;
  if (ROWSUM == 1u) {
    value = g * (scores + bitcast<f32>(graph[gene]));
  } else {
    var neighbours = vec4f();
    for (var e = graph[gene]; e < graph[gene + 1u]; e++) {
      let k = graph[params.genes + 1u + e];
      neighbours += vec4f(gamma[rows.x + k], gamma[rows.y + k], gamma[rows.z + k], gamma[rows.w + k]);
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
  let last = params.batch - 1u;
  let z0 = sample * params.quads;
  let z1 = min(sample + 1u, last) * params.quads;
  let z2 = min(sample + 2u, last) * params.quads;
  let z3 = min(sample + 3u, last) * params.quads;
  var gex_a = vec4f(); var comp_a = vec4f();
  var gex_b = vec4f(); var comp_b = vec4f();
  for (var quad = 0u; quad < params.quads; quad++) {
    let wga = w[gene * 2u * params.quads + quad];
    let wca = w[gene * 2u * params.quads + params.quads + quad];
    let wgb = w[other * 2u * params.quads + quad];
    let wcb = w[other * 2u * params.quads + params.quads + quad];
    let za = zt[z0 + quad];
    let zb = zt[z1 + quad];
    let zc = zt[z2 + quad];
    let zd = zt[z3 + quad];
    gex_a += vec4f(dot(wga, za), dot(wga, zb), dot(wga, zc), dot(wga, zd));
    comp_a += vec4f(dot(wca, za), dot(wca, zb), dot(wca, zc), dot(wca, zd));
    gex_b += vec4f(dot(wgb, za), dot(wgb, zb), dot(wgb, zc), dot(wgb, zd));
    comp_b += vec4f(dot(wcb, za), dot(wcb, zb), dot(wcb, zc), dot(wcb, zd));
  }
  let rows = vec4u(sample, min(sample + 1u, last), min(sample + 2u, last), min(sample + 3u, last)) * params.genes;
  let g_a = vec4f(gamma[rows.x + gene], gamma[rows.y + gene], gamma[rows.z + gene], gamma[rows.w + gene]);
  let c_a = vec4f(comp[rows.x + gene], comp[rows.y + gene], comp[rows.z + gene], comp[rows.w + gene]);
  let g_b = vec4f(gamma[rows.x + other], gamma[rows.y + other], gamma[rows.z + other], gamma[rows.w + other]);
  let c_b = vec4f(comp[rows.x + other], comp[rows.y + other], comp[rows.z + other], comp[rows.w + other]);
  store(gene, sample, params.scale * (g_a * gex_a + c_a * comp_a));
  store(gene + 1u, sample, params.scale * (g_b * gex_b + c_b * comp_b));
}
