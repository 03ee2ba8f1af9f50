// Self attention without masks (queries = keys = values = X), where scores are symmetric before the softmax: in place, from
// T_ij = dO_i . x_j to W_ij = P_ij (T_ij - delta_i) + P_ji (T_ji - delta_j), with which dX = s W X + P' dO
// (engine-notes.md 4). One thread: a tile of 4 x 4 and the one across the diagonal, so nobody reads what another writes.
struct Params { samples: u32, first: u32, genes: u32, quads: u32, heads: u32, first_head: u32 }
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;
@group(0) @binding(1) var<storage, read> delta: array<f32>;   // [batch, heads, genes]
@group(0) @binding(2) var<storage, read_write> t: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

fn clamped(gene: u32) -> u32 { return min(gene, params.genes - 1u); }

// Rows row .. row + 3 of P (T - delta), quad q.
fn tile(z: u32, row: u32, q: u32) -> mat4x4f {
  let sample = params.first + z % params.samples;
  let d = (sample * params.heads + params.first_head + z / params.samples) * params.genes;
  let inside = vec4u(q * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.genes);
  var rows: mat4x4f;
  for (var i = 0u; i < 4u; i++) {
    let gene = clamped(row + i);
    let at = (z * params.genes + gene) * params.quads + q;
    rows[i] = select(vec4f(), weights[at] * (t[at] - delta[d + gene]), inside & vec4<bool>(row + i < params.genes));
  }
  return rows;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let across = id.x;
  let down = id.y;
  if (across >= params.quads || down > across) { return; }
  let upper = tile(id.z, down * 4u, across);
  var sum = upper + transpose(upper);
  if (down != across) {
    sum = upper + transpose(tile(id.z, across * 4u, down));
    let mirrored = transpose(sum);
    for (var i = 0u; i < 4u && across * 4u + i < params.genes; i++) {
      t[(id.z * params.genes + across * 4u + i) * params.quads + down] = mirrored[i];
    }
  }
  for (var i = 0u; i < 4u && down * 4u + i < params.genes; i++) {
    t[(id.z * params.genes + down * 4u + i) * params.quads + across] = sum[i];
  }
}
