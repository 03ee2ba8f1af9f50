// The same gradient for GPUs. One workgroup of 16 x 16 threads: 64 queries x 16 quads of one head, keys 16 at a time in
// workgroup memory with their ds (8 KiB). One thread: 4 queries x 1 quad.
var<workgroup> key_tile: array<vec4f, 256>;    // [16 keys][16 quads]
var<workgroup> score_tile: array<f32, 1024>;   // [16 keys][64 queries]

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (idle(centre[params.columns])) { return; }
  let row = params.heads * params.quads;
  let blocks = (params.quads + 15u) / 16u;
  let head = group.x / blocks;
  let x = lane % 16u;
  let y = lane / 16u;
  let quad = (group.x % blocks) * 16u + x;
  let column = head * params.quads + min(quad, params.quads - 1u);
  let last_query = params.queries - 1u;
  let width = params.stride / 4u;
  let part = group.z % params.parts;
  let first = group.z / params.parts * params.key_quads;
  let end = min(first + params.key_quads, width);
  let query0 = group.y * 64u;
  let i = query0 + 4u * y;
  let rows = min(vec4u(i, i + 1u, i + 2u, i + 3u), vec4u(last_query));
  let q = (select(part, 0u, params.shared_queries == 1u) * params.queries + rows) * row + column;
  let a0 = query[q.x]; let a1 = query[q.y]; let a2 = query[q.z]; let a3 = query[q.w];
  var f0 = vec4f(); var f1 = vec4f(); var f2 = vec4f(); var f3 = vec4f();
  var g0 = vec4f(); var g1 = vec4f(); var g2 = vec4f(); var g3 = vec4f();
  // Samples and tiles of keys are one loop, and queries are stored in one: loops in loops cost NVIDIA's compiler half its registers.
  let tiles = (end - min(first, end) + 3u) / 4u;
  let samples = min((part + 1u) * params.per, params.samples) - min(part * params.per, params.samples);
  for (var turn = 0u; turn < samples * tiles; turn++) {
    let sample = part * params.per + turn / tiles;
    let key0 = 4u * first + turn % tiles * 16u;
    let d = (head * params.samples + sample) * params.queries * width;
    let k = sample * params.keys * row + column;
    workgroupBarrier();
    key_tile[lane] = key[k + min(key0 + y, params.keys - 1u) * row];
    // Lane: one of 64 queries, one of 4 quads of keys; zero behind the last quad.
    let four = key0 / 4u + lane % 4u;
    let at = d + min(query0 + lane / 4u, last_query) * width + min(four, width - 1u);
    let ds = select(vec4f(), dscore[at], vec4<bool>(four < width));
    let to = (lane % 4u) * 256u + lane / 4u;
    score_tile[to] = ds.x; score_tile[to + 64u] = ds.y; score_tile[to + 128u] = ds.z; score_tile[to + 192u] = ds.w;
    workgroupBarrier();
    for (var j = 0u; j < 16u; j++) {
      let b = key_tile[j * 16u + x];
      let start = j * 64u + 4u * y;
      var r = pair(a0, b); var t = score_tile[start] * r; f0 += t; g0 += t * r;
      r = pair(a1, b); t = score_tile[start + 1u] * r; f1 += t; g1 += t * r;
      r = pair(a2, b); t = score_tile[start + 2u] * r; f2 += t; g2 += t * r;
      r = pair(a3, b); t = score_tile[start + 3u] * r; f3 += t; g3 += t * r;
    }
  }
  if (quad >= params.quads) { return; }
  let out = group.z * params.queries + i;
  for (var r = 0u; r < 4u && i + r < params.queries; r++) {
    let f = select(select(f0, f1, r == 1u), select(f2, f3, r == 3u), r >= 2u);
    let g = select(select(g0, g1, r == 1u), select(g2, g3, r == 3u), r >= 2u);
    store(out + r, head, quad, f, g);
  }
}
