// Gradients of w_gex and w_comp over the batch, without atomics: dWg_i = s sum g (p z + q t), dWc_i = s sum c (p z + q t),
// with p = u, q = g (matmul) or p = u g, q = 1 (rowsum).
// One thread: 4 genes x 1 quad, looping over the batch: 2 quads and 12 scalars serve 12 quad multiply-adds.
struct Params { batch: u32, genes: u32, width: u32, quads: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> comp: array<f32>;
@group(0) @binding(2) var<storage, read> u: array<f32>;
@group(0) @binding(3) var<storage, read> zt: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dw_gex: array<f32>;
@group(0) @binding(5) var<storage, read_write> dw_comp: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

override ROWSUM: u32 = 0u;

struct Pair { gex: vec4f, comp: vec4f }

fn accumulate(sums: Pair, at: u32, z: vec4f, t: vec4f) -> Pair {
  let g = gamma[at];
  var inner: vec4f;
  if (ROWSUM == 1u) { inner = u[at] * g * z + t; } else { inner = u[at] * z + g * t; }
  return Pair(sums.gex + g * inner, sums.comp + comp[at] * inner);
}

fn store(gene: u32, quad: u32, sums: Pair) {
  if (gene >= params.genes) { return; }
  for (var t = 0u; t < 4u && quad * 4u + t < params.width; t++) {
    let at = gene * params.width + quad * 4u + t;
    dw_gex[at] = params.scale * sums.gex[t];
    dw_comp[at] = params.scale * sums.comp[t];
  }
}

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let quad = id.x;
  let gene = id.y * 4u;
  if (quad >= params.quads || gene >= params.genes) { return; }
  let last = params.genes - 1u;
  var a = Pair();
  var b = Pair();
  var c = Pair();
  var d = Pair();
  for (var sample = 0u; sample < params.batch; sample++) {
    let z = zt[sample * params.quads + quad];
    let t = zt[(params.batch + sample) * params.quads + quad];
    let row = sample * params.genes;
    a = accumulate(a, row + gene, z, t);
    b = accumulate(b, row + min(gene + 1u, last), z, t);
    c = accumulate(c, row + min(gene + 2u, last), z, t);
    d = accumulate(d, row + min(gene + 3u, last), z, t);
  }
  store(gene, quad, a);
  store(gene + 1u, quad, b);
  store(gene + 2u, quad, c);
  store(gene + 3u, quad, d);
}
