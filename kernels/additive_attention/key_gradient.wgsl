// dk_j = 4 w sum_i ds_ij (r_ij - r_ij^2), over a chunk of the queries. One thread: 4 keys x 1 quad of a head's channels of
// one sample, looping over queries: 2 loads for 4 reciprocals of quads.
@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (idle(centre[params.columns])) { return; }
  let row = params.heads * params.quads;
  let j = id.y * 4u;
  if (id.x >= row || j >= params.keys) { return; }
  let head = id.x / params.quads;
  let sample = id.z % params.samples;
  let part = id.z / params.samples;
  let last_key = params.keys - 1u;
  let k = sample * params.keys * row + id.x;
  let b0 = key[k + j * row];
  let b1 = key[k + min(j + 1u, last_key) * row];
  let b2 = key[k + min(j + 2u, last_key) * row];
  let b3 = key[k + min(j + 3u, last_key) * row];
  let width = params.stride / 4u;
  let first = part * params.per;
  var q = (select(sample, 0u, params.shared_queries == 1u) * params.queries + first) * row + id.x;
  var d = ((head * params.samples + sample) * params.queries + first) * width + id.y;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var i = first; i < min(first + params.per, params.queries); i++) {
    let a = query[q];
    let ds = dscore[d];
    var r = pair(a, b0); s0 += ds.x * (r - r * r);
    r = pair(a, b1); s1 += ds.y * (r - r * r);
    r = pair(a, b2); s2 += ds.z * (r - r * r);
    r = pair(a, b3); s3 += ds.w * (r - r * r);
    q += row;
    d += width;
  }
  let out = (part * params.samples + sample) * params.keys + j;
  let quad = id.x % params.quads;
  store(out, head, quad, s0);
  if (j + 1u < params.keys) { store(out + 1u, head, quad, s1); }
  if (j + 2u < params.keys) { store(out + 2u, head, quad, s2); }
  if (j + 3u < params.keys) { store(out + 3u, head, quad, s3); }
}
