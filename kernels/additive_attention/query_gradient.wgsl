// dq_i = 4 w (R1 - R2), R1 = sum_j ds_ij r_ij, R2 = sum_j ds_ij r_ij^2; R1 is kept for dw. Queries that all samples share
// are summed over the samples here: `per` consecutive ones a thread, over `key_quads` quads of keys. One thread: 4 queries x 1
// quad of a head's channels, 8 loads for 16 reciprocals of quads. ds is zero behind the last key.
@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (idle(centre[params.columns])) { return; }
  let row = params.heads * params.quads;
  let i = id.y * 4u;
  if (id.x >= row || i >= params.queries) { return; }
  let head = id.x / params.quads;
  let quad = id.x % params.quads;
  let last_query = params.queries - 1u;
  let last_key = params.keys - 1u;
  let width = params.stride / 4u;
  let part = id.z % params.parts;
  let first = id.z / params.parts * params.key_quads;
  let end = min(first + params.key_quads, width);
  let rows = vec4u(i, min(i + 1u, last_query), min(i + 2u, last_query), min(i + 3u, last_query));
  let q = (select(part, 0u, params.shared_queries == 1u) * params.queries + rows) * row + id.x;
  let a0 = query[q.x]; let a1 = query[q.y]; let a2 = query[q.z]; let a3 = query[q.w];
  var f0 = vec4f(); var f1 = vec4f(); var f2 = vec4f(); var f3 = vec4f();
  var g0 = vec4f(); var g1 = vec4f(); var g2 = vec4f(); var g3 = vec4f();
  for (var sample = part * params.per; sample < min((part + 1u) * params.per, params.samples); sample++) {
    let d = ((head * params.samples + sample) * params.queries + rows) * width;
    let k = sample * params.keys * row + id.x;
    for (var j = first; j < end; j++) {
      let d0 = dscore[d.x + j]; let d1 = dscore[d.y + j]; let d2 = dscore[d.z + j]; let d3 = dscore[d.w + j];
      var b = key[k + 4u * j * row];
      var x = pair(a0, b); var y = d0.x * x; f0 += y; g0 += y * x;
      x = pair(a1, b); y = d1.x * x; f1 += y; g1 += y * x;
      x = pair(a2, b); y = d2.x * x; f2 += y; g2 += y * x;
      x = pair(a3, b); y = d3.x * x; f3 += y; g3 += y * x;
      b = key[k + min(4u * j + 1u, last_key) * row];
      x = pair(a0, b); y = d0.y * x; f0 += y; g0 += y * x;
      x = pair(a1, b); y = d1.y * x; f1 += y; g1 += y * x;
      x = pair(a2, b); y = d2.y * x; f2 += y; g2 += y * x;
      x = pair(a3, b); y = d3.y * x; f3 += y; g3 += y * x;
      b = key[k + min(4u * j + 2u, last_key) * row];
      x = pair(a0, b); y = d0.z * x; f0 += y; g0 += y * x;
      x = pair(a1, b); y = d1.z * x; f1 += y; g1 += y * x;
      x = pair(a2, b); y = d2.z * x; f2 += y; g2 += y * x;
      x = pair(a3, b); y = d3.z * x; f3 += y; g3 += y * x;
      b = key[k + min(4u * j + 3u, last_key) * row];
      x = pair(a0, b); y = d0.w * x; f0 += y; g0 += y * x;
      x = pair(a1, b); y = d1.w * x; f1 += y; g1 += y * x;
      x = pair(a2, b); y = d2.w * x; f2 += y; g2 += y * x;
      x = pair(a3, b); y = d3.w * x; f3 += y; g3 += y * x;
    }
  }
  let out = id.z * params.queries + i;
  store(out, head, quad, f0, g0);
  if (i + 1u < params.queries) { store(out + 1u, head, quad, f1, g1); }
  if (i + 2u < params.queries) { store(out + 2u, head, quad, f2, g2); }
  if (i + 3u < params.queries) { store(out + 3u, head, quad, f3, g3); }
}
