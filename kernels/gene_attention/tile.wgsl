// Attention without stored weights: what its passes share. A workgroup of 16 x 16 threads owns 64 rows (queries or keys) of
// one head and sample and walks over the others, 32 at a time. One thread: 4 of its rows, which lie together, x 2 of the others.
// Products stage 16 channels of both sides in workgroup memory, sums stage 4 GROUPS of the others; 15.9 KiB in all, below WebGPU's
// default of 16. Accumulators are one vec4f (4 rows) for every 16 channels: a line with the mark @s stands here once a slice
// of 16 channels, and with @c once a channel of a slice (streaming.ts writes them out), so that they
// stay in registers, and every index but a thread's own is a literal: bounds are then checked once a tile, not once a load. For the
// same reason no function adds the shared pairs times 32 rows of a table to them, but a line `@add TABLE to SUMS`, which stands for
// add_rows.wgsl.
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
const rows_apart = vec4u(0u, 1u, 2u, 3u);

// Rows in fours, one vec4f; the odd strides keep what neighbouring threads store on different banks.
var<workgroup> own_tile: array<array<vec4f, 17>, 16>;               // [channel][4 own rows], or [group, slice][channel]: 4 others
var<workgroup> other_tile: array<array<array<f32, 17>, 2>, 16>;     // [channel][half][other]
const BLOCK = 4u * GROUPS;
var<workgroup> pair_tile: array<array<array<vec4f, 17>, BLOCK>, OTHERS / BLOCK>;  // [block][other][4 own rows]
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

fn values(source: u32, row: u32, channel: u32) -> vec4f {
  return vec4f(
    value(source, row, channel), value(source, row + 1u, channel),
    value(source, row + 2u, channel), value(source, row + 3u, channel));
}

// Products of own rows of table a with other rows of table b.
fn product(a: u32, b: u32, own0: u32, other0: u32, lane: u32) -> Pairs {
  let x = lane % 16u;
  let y = lane / 16u;
  var first = vec4f();
  var second = vec4f();
  for (var c0 = 0u; c0 < params.depth; c0 += 16u) {
    workgroupBarrier();
    own_tile[x][y] = values(a, own0 + 4u * y, c0 + x);
    other_tile[x][0][y] = value(b, other0 + y, c0 + x);
    other_tile[x][1][y] = value(b, other0 + y + 16u, c0 + x);
    workgroupBarrier();
    let own@c = own_tile[@c][y]; first += own@c * other_tile[@c][0][x]; second += own@c * other_tile[@c][1][x];
  }
  return Pairs(first, second);
}

fn set_pair(other: u32, lane: u32, rows: vec4f) { pair_tile[other / BLOCK][other % BLOCK][lane / 16u] = rows; }
fn pair(other: u32, lane: u32) -> vec4f { return pair_tile[other / BLOCK][other % BLOCK][lane / 16u]; }

// Hands a value of every pair to all threads; the caller has passed a barrier since the last use.
fn share(pairs: Pairs, lane: u32) {
  set_pair(lane % 16u, lane, pairs.first);
  set_pair(lane % 16u + 16u, lane, pairs.second);
}

// Stages all channels of a block of others for the sums.
fn stage(source: u32, other0: u32, lane: u32) {
  let x = lane % 16u;
  let slot = lane / 16u;
  workgroupBarrier();
  if (slot < GROUPS * SLICES) {
    own_tile[slot][x] = values(source, other0 + 4u * (slot / SLICES), slot % SLICES * 16u + x);
  }
  workgroupBarrier();
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
