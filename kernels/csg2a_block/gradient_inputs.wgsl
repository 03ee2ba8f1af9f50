// Gradients of profile and condition (csg2a.md 4.2), from z and t (rowsum: m and n).
//   matmul: dg = s (2 g Tg + c Tc + u Zg) + (P' u)    dc = s (u Zc + g Tc)
//   rowsum: dg = u a + s (u g Mg + Ng)                dc = s (u g Mc + Nc),  a = s (g Mg + c Mc) + r
// One thread: 2 genes x 4 samples, like expand_genes: 12 loads for 32 dot products. The side products live in
// registers only. An unwanted gradient is not computed.
@group(0) @binding(2) var<storage, read> u: array<f32>;
@group(0) @binding(3) var<storage, read> w: array<vec4f>;
@group(0) @binding(4) var<storage, read> zt: array<vec4f>;
@group(0) @binding(5) var<storage, read> graph: array<u32>;  // matmul: CSR of the transposed P; rowsum: row sums
@group(0) @binding(6) var<storage, read_write> dgamma: array<f32>;
@group(0) @binding(7) var<storage, read_write> dcomp: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

override WANT_GAMMA: u32 = 1u;
override WANT_COMP: u32 = 1u;

fn store(gene: u32, sample: u32, zg: vec4f, zc: vec4f, tg: vec4f, tc: vec4f) {
  if (gene >= params.genes) { return; }
  let last = params.batch - 1u;
  let rows = samples_from(sample) * params.genes;
  let g = gammas(rows + gene);
  let du = vec4f(u[rows.x + gene], u[rows.y + gene], u[rows.z + gene], u[rows.w + gene]);
  let s = params.scale;
  if (WANT_COMP == 1u) {
    var value: vec4f;
    if (ROWSUM == 1u) { value = s * (du * g * zc + tc); } else { value = s * (du * zc + g * tc); }
    dcomp[rows.x + gene] = value.x;
    if (sample + 1u <= last) { dcomp[rows.y + gene] = value.y; }
    if (sample + 2u <= last) { dcomp[rows.z + gene] = value.z; }
    if (sample + 3u <= last) { dcomp[rows.w + gene] = value.w; }
  }
  if (WANT_GAMMA == 1u) {
    let c = comps(rows + gene);
    var value: vec4f;
    if (ROWSUM == 1u) {
      let a = s * (g * zg + c * zc) + bitcast<f32>(graph[gene]);
      value = du * a + s * (du * g * zg + tg);
    } else {
      var neighbours = vec4f();
      for (var e = graph[gene]; e < graph[gene + 1u]; e++) {
        let k = graph[params.genes + 1u + e];
        neighbours += vec4f(u[rows.x + k], u[rows.y + k], u[rows.z + k], u[rows.w + k]);
      }
      value = s * (2.0 * g * tg + c * tc + du * zg) + neighbours;
    }
    dgamma[rows.x + gene] = value.x;
    if (sample + 1u <= last) { dgamma[rows.y + gene] = value.y; }
    if (sample + 2u <= last) { dgamma[rows.z + gene] = value.z; }
    if (sample + 3u <= last) { dgamma[rows.w + gene] = value.w; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let gene = id.x * 2u;
  let sample = id.y * 4u;
  if (gene >= params.genes) { return; }
  let other = min(gene + 1u, params.genes - 1u);
  let z = samples_from(sample) * params.quads;
  let t = params.batch * params.quads;
  var zga = vec4f(); var zca = vec4f(); var tga = vec4f(); var tca = vec4f();
  var zgb = vec4f(); var zcb = vec4f(); var tgb = vec4f(); var tcb = vec4f();
  for (var quad = 0u; quad < params.quads; quad++) {
    let wga = w[gene * 2u * params.quads + quad];
    let wca = w[gene * 2u * params.quads + params.quads + quad];
    let wgb = w[other * 2u * params.quads + quad];
    let wcb = w[other * 2u * params.quads + params.quads + quad];
    let z4 = sums_at(z + quad);
    zga += dots(wga, z4);
    zca += dots(wca, z4);
    zgb += dots(wgb, z4);
    zcb += dots(wcb, z4);
    let t4 = sums_at(t + z + quad);
    tga += dots(wga, t4);
    tca += dots(wca, t4);
    tgb += dots(wgb, t4);
    tcb += dots(wcb, t4);
  }
  store(gene, sample, zga, zca, tga, tca);
  store(gene + 1u, sample, zgb, zcb, tgb, tcb);
}
