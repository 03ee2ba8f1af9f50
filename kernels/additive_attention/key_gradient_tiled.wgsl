// The same gradient for GPUs. One workgroup of 16 x 8 threads: 16 quads of one head x 32 keys of one sample, queries 16 at a
// time in workgroup memory with their ds (6 KiB). One thread: 4 keys x 1 quad.
var<workgroup> query_tile: array<vec4f, 256>;  // [16 queries][16 quads]
var<workgroup> score_tile: array<vec4f, 128>;  // [16 queries][8 quads of keys]

@compute @workgroup_size(16, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (idle(centre[params.columns])) { return; }
  let row = params.heads * params.quads;
  let blocks = (params.quads + 15u) / 16u;
  let head = group.x / blocks;
  let x = lane % 16u;
  let y = lane / 16u;
  let quad = (group.x % blocks) * 16u + x;
  let column = head * params.quads + min(quad, params.quads - 1u);
  let sample = group.z % params.samples;
  let part = group.z / params.samples;
  let width = params.stride / 4u;
  let j = group.y * 32u + 4u * y;
  let keys = min(vec4u(j, j + 1u, j + 2u, j + 3u), vec4u(params.keys - 1u));
  let k = (sample * params.keys + keys) * row + column;
  let b0 = key[k.x]; let b1 = key[k.y]; let b2 = key[k.z]; let b3 = key[k.w];
  let q = select(sample, 0u, params.shared_queries == 1u) * params.queries * row + column;
  let d = (head * params.samples + sample) * params.queries * width;
  let end = min((part + 1u) * params.per, params.queries);
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var i0 = part * params.per; i0 < end; i0 += 16u) {
    workgroupBarrier();
    for (var e = lane; e < 256u; e += 128u) {
      query_tile[e] = query[q + min(i0 + e / 16u, params.queries - 1u) * row];
    }
    // Lane: one of 16 queries, one of 8 quads of keys; zero outside.
    let i = i0 + lane / 8u;
    let four = group.y * 8u + lane % 8u;
    let ds = dscore[d + min(i, params.queries - 1u) * width + min(four, width - 1u)];
    score_tile[lane] = select(vec4f(), ds, vec4<bool>(i < end && four < width));
    workgroupBarrier();
    for (var e = 0u; e < 16u; e++) {
      let a = query_tile[e * 16u + x];
      let t = score_tile[e * 8u + y];
      var r = pair(a, b0); s0 += t.x * (r - r * r);
      r = pair(a, b1); s1 += t.y * (r - r * r);
      r = pair(a, b2); s2 += t.z * (r - r * r);
      r = pair(a, b3); s3 += t.w * (r - r * r);
    }
  }
  if (quad >= params.quads) { return; }
  let out = (part * params.samples + sample) * params.keys + j;
  if (j < params.keys) { store(out, head, quad, s0); }
  if (j + 1u < params.keys) { store(out + 1u, head, quad, s1); }
  if (j + 2u < params.keys) { store(out + 2u, head, quad, s2); }
  if (j + 3u < params.keys) { store(out + 3u, head, quad, s3); }
}
