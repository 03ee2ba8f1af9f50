// e_ij = c + sum w - 2 sum_c w_c r_ijc: a matrix product with another inner operation. One thread: 4 queries x 4 keys of one
// head and sample, 9 loads for 16 reciprocals of quads. Rows and keys past the end repeat the last; what they give is not
// stored, or zeroed by the normalisation.
struct Params { queries: u32, keys: u32, samples: u32, heads: u32, quads: u32, columns: u32, shared_queries: u32, stride: u32 }
@group(0) @binding(0) var<storage, read> query: array<vec4f>;   // [rows, heads, quads]
@group(0) @binding(1) var<storage, read> key: array<vec4f>;     // [samples keys, heads, quads]
@group(0) @binding(2) var<storage, read> vector: array<vec4f>;
@group(0) @binding(3) var<storage, read> centre: array<f32>;
@group(0) @binding(4) var<storage, read_write> scores: array<vec4f>;  // [heads, samples, queries, stride / 4]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (idle(centre[params.columns])) { return; }
  let i = id.y * 4u;
  let j = id.x * 4u;
  if (i >= params.queries || j >= params.keys) { return; }
  let head = id.z / params.samples;
  let sample = id.z % params.samples;
  let row = params.heads * params.quads;
  let q = select(sample, 0u, params.shared_queries == 1u) * params.queries * row + head * params.quads;
  let k = sample * params.keys * row + head * params.quads;
  let last_query = params.queries - 1u;
  let last_key = params.keys - 1u;
  let q0 = q + i * row;
  let q1 = q + min(i + 1u, last_query) * row;
  let q2 = q + min(i + 2u, last_query) * row;
  let q3 = q + min(i + 3u, last_query) * row;
  let k0 = k + j * row;
  let k1 = k + min(j + 1u, last_key) * row;
  let k2 = k + min(j + 2u, last_key) * row;
  let k3 = k + min(j + 3u, last_key) * row;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var c = 0u; c < params.quads; c++) {
    let w = vector[c];
    let b0 = key[k0 + c]; let b1 = key[k1 + c]; let b2 = key[k2 + c]; let b3 = key[k3 + c];
    let a0 = query[q0 + c];
    s0 += vec4f(dot(w, pair(a0, b0)), dot(w, pair(a0, b1)), dot(w, pair(a0, b2)), dot(w, pair(a0, b3)));
    let a1 = query[q1 + c];
    s1 += vec4f(dot(w, pair(a1, b0)), dot(w, pair(a1, b1)), dot(w, pair(a1, b2)), dot(w, pair(a1, b3)));
    let a2 = query[q2 + c];
    s2 += vec4f(dot(w, pair(a2, b0)), dot(w, pair(a2, b1)), dot(w, pair(a2, b2)), dot(w, pair(a2, b3)));
    let a3 = query[q3 + c];
    s3 += vec4f(dot(w, pair(a3, b0)), dot(w, pair(a3, b1)), dot(w, pair(a3, b2)), dot(w, pair(a3, b3)));
  }
  let offset = vector[params.quads].x;
  let width = params.stride / 4u;
  let at = (id.z * params.queries + i) * width + id.x;
  scores[at] = offset - 2.0 * s0;
  if (i + 1u < params.queries) { scores[at + width] = offset - 2.0 * s1; }
  if (i + 2u < params.queries) { scores[at + 2u * width] = offset - 2.0 * s2; }
  if (i + 3u < params.queries) { scores[at + 3u * width] = offset - 2.0 * s3; }
}
