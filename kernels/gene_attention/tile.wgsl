// Attention without stored weights: what its passes share. A workgroup of 16 x 16 threads owns 64 rows (queries or keys) of
// one head and sample and walks over the others, 32 at a time. One thread: 4 of its rows (16 apart) x 2 of the others.
// Products stage 16 channels of both sides in workgroup memory, sums stage 8 of the others; 14.4 KiB in all, below WebGPU's
// default of 16. Accumulators are one vec4f (4 rows) for every 16 channels: a line with the mark @s stands here once a slice
// of 16 channels (streaming.ts writes them out), so that they stay in registers. For the same reason no function adds the
// shared pairs times 32 rows of a table to them, but a line `@add TABLE to SUMS`, which stands for add_rows.wgsl.
struct Params {
  samples: u32, heads: u32, queries: u32, keys: u32, depth: u32, shared_queries: u32, site: u32, scale: f32, rate: f32,
}
override NORMALISE: u32 = 0u;  // 0 softmax, 1 clipped exponentials over their sum + 1e-5, 2 softmax, masked scores -1e10
override KEY_MASK: u32 = 0u;
override QUERY_MASK: u32 = 0u;
override DROPOUT: u32 = 0u;
const LOWEST = -3.4e38;
const ALL_MASKED = 1e30;  // stands for the logarithm of a row's sum when every key is masked under NORMALISE 2
const OWN = 64u;
const OTHERS = 32u;
const QUERY = 0u;
const KEY = 1u;
const VALUE = 2u;
const UPSTREAM = 3u;
const rows_apart = vec4u(0u, 16u, 32u, 48u);

var<workgroup> own_tile: array<f32, 1040>;   // [16 channels][65], or [8 others][channels]
var<workgroup> other_tile: array<f32, 528>;  // [16 channels][33]
var<workgroup> pair_tile: array<f32, 2048>;  // [32 others][64 own]
var<private> sample: u32;
var<private> head: u32;

struct Pairs { first: vec4f, second: vec4f }  // others 16 apart

fn value(source: u32, row: u32, channel: u32) -> f32 {
  let of_queries = source == QUERY || source == UPSTREAM;
  if (channel >= params.depth || row >= select(params.keys, params.queries, of_queries)) { return 0.0; }
  var start = sample * select(params.keys, params.queries, of_queries);
  if (source == QUERY && params.shared_queries == 1u) { start = 0u; }
  return table(source, ((start + row) * params.heads + head) * params.depth + channel);
}

// Products of own rows of table a with other rows of table b.
fn product(a: u32, b: u32, own0: u32, other0: u32, lane: u32) -> Pairs {
  let x = lane % 16u;
  let y = lane / 16u;
  var pairs: Pairs;
  for (var c0 = 0u; c0 < params.depth; c0 += 16u) {
    workgroupBarrier();
    for (var e = lane; e < 1024u; e += 256u) { own_tile[(e % 16u) * 65u + e / 16u] = value(a, own0 + e / 16u, c0 + e % 16u); }
    for (var e = lane; e < 512u; e += 256u) { other_tile[(e % 16u) * 33u + e / 16u] = value(b, other0 + e / 16u, c0 + e % 16u); }
    workgroupBarrier();
    for (var c = 0u; c < 16u; c++) {
      let at = c * 65u + y;
      let own = vec4f(own_tile[at], own_tile[at + 16u], own_tile[at + 32u], own_tile[at + 48u]);
      pairs.first += own * other_tile[c * 33u + x];
      pairs.second += own * other_tile[c * 33u + x + 16u];
    }
  }
  return pairs;
}

// Hands a value of every pair to all threads; the caller has passed a barrier since the last use.
fn share(pairs: Pairs, lane: u32) {
  let at = (lane % 16u) * OWN + lane / 16u;
  for (var r = 0u; r < 4u; r++) {
    pair_tile[at + 16u * r] = pairs.first[r];
    pair_tile[at + 16u * OWN + 16u * r] = pairs.second[r];
  }
}

// Stages all channels of 8 others for the sums.
fn stage(source: u32, other0: u32, lane: u32) {
  workgroupBarrier();
  for (var e = lane; e < 8u * WIDTH; e += 256u) { own_tile[e] = value(source, other0 + e / WIDTH, e % WIDTH); }
  workgroupBarrier();
}

fn shared_pairs(other: u32, lane: u32) -> vec4f {
  let at = other * OWN + lane / 16u;
  return vec4f(pair_tile[at], pair_tile[at + 16u], pair_tile[at + 32u], pair_tile[at + 48u]);
}

// masks: [samples, keys], then [samples, queries].
fn key_mask(key: vec4u) -> vec4f {
  if (KEY_MASK == 0u) { return vec4f(1.0); }
  let at = sample * params.keys + min(key, vec4u(params.keys - 1u));
  return vec4f(masks[at.x], masks[at.y], masks[at.z], masks[at.w]);
}
fn query_mask(query: vec4u) -> vec4f {
  if (QUERY_MASK == 0u) { return vec4f(1.0); }
  let at = params.samples * params.keys + sample * params.queries + min(query, vec4u(params.queries - 1u));
  return vec4f(masks[at.x], masks[at.y], masks[at.z], masks[at.w]);
}

fn kept(query: vec4u, key: vec4u) -> vec4f {
  if (DROPOUT == 0u) { return vec4f(1.0); }
  let at = ((head * params.samples + sample) * params.queries + query) * params.keys + key;
  return vec4f(
    dropout_factor(step.seed, step.step, params.site, at.x, params.rate),
    dropout_factor(step.seed, step.step, params.site, at.y, params.rate),
    dropout_factor(step.seed, step.step, params.site, at.z, params.rate),
    dropout_factor(step.seed, step.step, params.site, at.w, params.rate));
}
