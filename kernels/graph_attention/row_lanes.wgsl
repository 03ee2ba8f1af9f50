// GAT forward for GPUs: ROWS work items a workgroup, a lane a head and quad of channels. QUADS edges a stage: the lane of quad k makes the
// logit of edge k for its head, so that every exponential is made once; then all lanes add the edges' rows.
struct Params {
  items: u32, items_at: u32, all_heads: u32, first_head: u32, parts_at: u32, logits_at: u32, keep_at: u32,
  site: u32, layer_heads: u32, layer_first: u32, slope: f32, rate: f32,
}
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> xl: array<vec4f>;
@group(0) @binding(2) var<storage, read> source_logits: array<f32>;
@group(0) @binding(3) var<storage, read> destination_logits: array<f32>;
@group(0) @binding(4) var<storage, read> edge: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> part: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> lse: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: StepState;

const LANES: u32 = HEADS * QUADS;
var<workgroup> logits: array<f32, ROWS * LANES>;
var<workgroup> weights: array<f32, ROWS * LANES>;
var<workgroup> nodes: array<u32, ROWS * LANES>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let first = unfold(group, groups, 1u) * ROWS;
  var longest = 0u;  // uniform, as barriers need it: items are read-only and the place is the workgroup's
  for (var k = 0u; k < ROWS; k++) {
    let at = params.items_at + 4u * min(first + k, params.items - 1u);
    longest = max(longest, index[at + 2u] - index[at + 1u]);
  }
  let lane = local % LANES;
  let h = lane / QUADS;
  let q = lane % QUADS;
  let base = local - q;
  let head = params.first_head + h;
  let item = first + local / LANES;
  let at = params.items_at + 4u * min(item, params.items - 1u);
  let row = index[at];
  let present = item < params.items && row != NO_ROW;
  let begin = index[at + 1u];
  let end = select(begin, index[at + 2u], present);
  let split = index[at + 3u];
  let key = random_key(step.seed, step.step, params.site);
  let t = destination_logits[select(0u, row, present) * params.all_heads + head];
  var m = LOWEST;
  var mine = 0.0;  // this lane's share of the sum of weights
  var sum = vec4f();
  for (var done = 0u; done < longest; done += QUADS) {
    let e = begin + done + q;
    var z = LOWEST;
    var node = 0u;
    if (e < end) {
      let word = index[e];
      node = (word & NODE) * params.all_heads + head;
      z = leaky(source_logits[node] + t + edge_logit(e, word >> NODE_BITS, head), params.slope);
    }
    logits[local] = z;
    workgroupBarrier();
    var top = m;
    for (var k = 0u; k < QUADS; k++) { top = max(top, logits[base + k]); }
    let scale = exp(m - top);
    var weight = 0.0;
    if (e < end) { weight = exp(z - top); }
    mine = mine * scale + weight;
    sum *= scale;
    m = top;
    if (e < end) { weight *= keep_factor(key, e, head); }
    // Not before the barrier: lanes of the last stage may have read until there.
    weights[local] = weight;
    nodes[local] = node;
    workgroupBarrier();
    let here = select(0u, min(QUADS, end - begin - done), begin + done < end);
    for (var k = 0u; k < here; k++) { sum += weights[base + k] * xl[nodes[base + k] * QUADS + q]; }
  }
  workgroupBarrier();
  logits[local] = mine;
  workgroupBarrier();
  var total = 0.0;
  for (var k = 0u; k < QUADS; k++) { total += logits[base + k]; }
  if (!present) { return; }
  if (split == 0u) {
    let to = row * params.all_heads + head;
    y[to * QUADS + q] = sum * select(1.0 / total, 0.0, total == 0.0);
    if (q == 0u) { lse[to] = select(m + log(total), 0.0, total == 0.0); }
  } else {
    let to = (split - 1u) * HEADS + h;
    part[to * QUADS + q] = sum;
    if (q == 0u) {
      lse[params.parts_at + 2u * to] = m;
      lse[params.parts_at + 2u * to + 1u] = total;
    }
  }
}
