// Self attention without masks (queries = keys = values = X), where scores are symmetric before the softmax: in place, from
// T_ij = dO_i . x_j to W_ij = P_ij (T_ij - delta_i) + P_ji (T_ji - delta_j), with which dX = s W X + P' dO
// (engine-notes.md 4). One thread: a tile of 4 x 4 and the one across the diagonal, so nobody reads what another writes.
struct Params { samples: u32, first: u32, genes: u32, quads: u32, heads: u32, first_head: u32 }
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;
@group(0) @binding(1) var<storage, read> delta: array<f32>;   // [batch, heads, genes]
@group(0) @binding(2) var<storage, read_write> t: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

// Four genes of P (T - delta) in quad q; zero past the end. Written out: an indexed matrix would live in memory.
fn row(matrix: u32, d: u32, gene: u32, q: u32) -> vec4f {
  let i = min(gene, params.genes - 1u);
  let at = (matrix * params.genes + i) * params.quads + q;
  let inside = vec4u(q * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.genes);
  return select(vec4f(), weights[at] * (t[at] - delta[d + i]), inside & vec4<bool>(gene < params.genes));
}
fn tile(z: u32, d: u32, first: u32, q: u32) -> mat4x4f {
  return mat4x4f(row(z, d, first, q), row(z, d, first + 1u, q), row(z, d, first + 2u, q), row(z, d, first + 3u, q));
}
fn store(z: u32, first: u32, q: u32, rows: mat4x4f) {
  let at = (z * params.genes + first) * params.quads + q;
  t[at] = rows[0];
  if (first + 1u < params.genes) { t[at + params.quads] = rows[1]; }
  if (first + 2u < params.genes) { t[at + 2u * params.quads] = rows[2]; }
  if (first + 3u < params.genes) { t[at + 3u * params.quads] = rows[3]; }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let across = id.x;
  let down = id.y;
  if (across >= params.quads || down > across) { return; }
  let sample = params.first + id.z % params.samples;
  let d = (sample * params.heads + params.first_head + id.z / params.samples) * params.genes;
  let upper = tile(id.z, d, down * 4u, across);
  if (down == across) {
    store(id.z, down * 4u, across, upper + transpose(upper));
    return;
  }
  let lower = tile(id.z, d, across * 4u, down);
  store(id.z, down * 4u, across, upper + transpose(lower));
  store(id.z, across * 4u, down, lower + transpose(upper));
}
