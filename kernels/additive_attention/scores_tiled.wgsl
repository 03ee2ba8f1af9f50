// The same scores for GPUs. One workgroup of 16 x 16 threads: 64 queries x 32 keys of one head and sample, channels in slices
// of 4 quads held in workgroup memory (6.2 KiB). One thread: 4 x 2 pairs, 16 apart: 7 loads from workgroup memory for 8
// reciprocals of quads, and neighbouring threads store neighbours. Keys behind the last fill the padding.
struct Params { queries: u32, keys: u32, samples: u32, heads: u32, quads: u32, columns: u32, shared_queries: u32, stride: u32 }
@group(0) @binding(0) var<storage, read> query: array<vec4f>;
@group(0) @binding(1) var<storage, read> key: array<vec4f>;
@group(0) @binding(2) var<storage, read> vector: array<vec4f>;
@group(0) @binding(3) var<storage, read> centre: array<f32>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;
var<workgroup> query_tile: array<vec4f, 260>;  // [4 quads][65]
var<workgroup> key_tile: array<vec4f, 132>;    // [4 quads][33]
var<workgroup> vector_tile: array<vec4f, 4>;

fn store(row: u32, column: u32, z: u32, score: f32) {
  if (row >= params.queries || column >= params.stride) { return; }
  scores[(z * params.queries + row) * params.stride + column] = score;
}

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (idle(centre[params.columns])) { return; }
  let head = group.z / params.samples;
  let sample = group.z % params.samples;
  let row = params.heads * params.quads;
  let query0 = group.y * 64u;
  let key0 = group.x * 32u;
  let q = select(sample, 0u, params.shared_queries == 1u) * params.queries * row + head * params.quads;
  let k = sample * params.keys * row + head * params.quads;
  let x = lane % 16u;
  let y = lane / 16u;
  var first = vec4f();
  var second = vec4f();
  for (var c0 = 0u; c0 < params.quads; c0 += 4u) {
    workgroupBarrier();
    let c = c0 + lane % 4u;
    let inside = c < params.quads;
    let i = min(query0 + lane / 4u, params.queries - 1u);
    query_tile[(lane % 4u) * 65u + lane / 4u] = query[q + i * row + min(c, params.quads - 1u)];
    if (lane < 128u) {
      let j = min(key0 + lane / 4u, params.keys - 1u);
      key_tile[(lane % 4u) * 33u + lane / 4u] = key[k + j * row + min(c, params.quads - 1u)];
    }
    if (lane < 4u) { vector_tile[lane] = select(vec4f(), vector[min(c, params.quads - 1u)], vec4<bool>(inside)); }
    workgroupBarrier();
    for (var s = 0u; s < 4u; s++) {
      let w = vector_tile[s];
      let b0 = key_tile[s * 33u + x];
      let b1 = key_tile[s * 33u + x + 16u];
      let at = s * 65u + y;
      let a0 = query_tile[at]; let a1 = query_tile[at + 16u]; let a2 = query_tile[at + 32u]; let a3 = query_tile[at + 48u];
      first += vec4f(dot(w, pair(a0, b0)), dot(w, pair(a1, b0)), dot(w, pair(a2, b0)), dot(w, pair(a3, b0)));
      second += vec4f(dot(w, pair(a0, b1)), dot(w, pair(a1, b1)), dot(w, pair(a2, b1)), dot(w, pair(a3, b1)));
    }
  }
  let offset = vector[params.quads].x;
  for (var r = 0u; r < 4u; r++) {
    store(query0 + y + 16u * r, key0 + x, group.z, offset - 2.0 * first[r]);
    store(query0 + y + 16u * r, key0 + x + 16u, group.z, offset - 2.0 * second[r]);
  }
}
