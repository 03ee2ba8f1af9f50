// partial[chunk][sample][quad] = sum over the chunk's genes of x w_gex + y w_comp, with per-sample coefficients
//   COEFFICIENTS 0 (matmul, z)  x = g g    y = g c
//                1 (rowsum, m)  x = g      y = c
//                2 (matmul, t)  x = u g    y = u c
//                3 (rowsum, n)  x = u g g  y = u g c
// One thread: one quad of the width, 4 samples, one chunk of genes. 2 quads and 8 (12) scalars serve 8 multiply-adds.
// Samples past the end repeat the last one and are not stored.
struct Params { batch: u32, genes: u32, quads: u32, chunk: u32, chunks: u32 }
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> comp: array<f32>;
@group(0) @binding(2) var<storage, read> u: array<f32>;
@group(0) @binding(3) var<storage, read> w: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(5) var<uniform> params: Params;

override COEFFICIENTS: u32 = 0u;

fn coefficients(at: u32) -> vec2f {
  let g = gamma[at];
  let c = comp[at];
  if (COEFFICIENTS == 0u) { return vec2f(g * g, g * c); }
  if (COEFFICIENTS == 1u) { return vec2f(g, c); }
  if (COEFFICIENTS == 2u) { return u[at] * vec2f(g, c); }
  return u[at] * g * vec2f(g, c);
}

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let quad = id.x;
  let sample = id.y * 4u;
  if (quad >= params.quads || sample >= params.batch) { return; }
  let last = params.batch - 1u;
  let row0 = sample * params.genes;
  let row1 = min(sample + 1u, last) * params.genes;
  let row2 = min(sample + 2u, last) * params.genes;
  let row3 = min(sample + 3u, last) * params.genes;
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  let first = id.z * params.chunk;
  for (var gene = first; gene < min(first + params.chunk, params.genes); gene++) {
    let wg = w[gene * 2u * params.quads + quad];
    let wc = w[gene * 2u * params.quads + params.quads + quad];
    let k0 = coefficients(row0 + gene);
    let k1 = coefficients(row1 + gene);
    let k2 = coefficients(row2 + gene);
    let k3 = coefficients(row3 + gene);
    sum0 += k0.x * wg + k0.y * wc;
    sum1 += k1.x * wg + k1.y * wc;
    sum2 += k2.x * wg + k2.y * wc;
    sum3 += k3.x * wg + k3.y * wc;
  }
  let at = (id.z * params.batch + sample) * params.quads + quad;
  partial[at] = sum0;
  if (sample + 1u <= last) { partial[at + params.quads] = sum1; }
  if (sample + 2u <= last) { partial[at + 2u * params.quads] = sum2; }
  if (sample + 3u <= last) { partial[at + 3u * params.quads] = sum3; }
}
