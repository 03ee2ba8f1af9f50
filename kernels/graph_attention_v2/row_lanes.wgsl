// GATv2 forward for GPUs: ROWS work items a workgroup, a lane a head and quad of channels. STAGED edges at a time: their rows of xl stay in
// registers while lanes add up the logits and pack the signs, so that there is one wide gather.
struct Params {
  items: u32, items_at: u32, all_heads: u32, first_head: u32, parts_at: u32, weight_at: u32, features_at: u32, features: u32,
  bias_at: u32, keep_at: u32, site: u32, layer_heads: u32, layer_first: u32, slope: f32, rate: f32,
}
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> xl: array<vec4f>;
@group(0) @binding(2) var<storage, read> xr: array<vec4f>;
@group(0) @binding(3) var<storage, read> edge: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> part: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> lse: array<f32>;
@group(0) @binding(7) var<storage, read_write> kept: array<u32>;
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: StepState;

const LANES: u32 = HEADS * QUADS;
var<workgroup> products: array<f32, ROWS * STAGED * LANES>;
var<workgroup> quad_signs: array<u32, ROWS * STAGED * LANES>;
var<workgroup> logits: array<f32, ROWS * STAGED * HEADS>;

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
  let rows = local / LANES;
  let head = params.first_head + h;
  let item = first + rows;
  let at = params.items_at + 4u * min(item, params.items - 1u);
  let present = item < params.items && index[at] != NO_ROW;
  let row = select(0u, index[at], present);
  let begin = index[at + 1u];
  let end = select(begin, index[at + 2u], present);
  let split = index[at + 3u];
  let key = random_key(step.seed, step.step, params.site);
  let own = (row * params.all_heads + params.first_head) * QUADS + lane;
  let r = xr[own];
  let vector = vector_quad(head, q);
  var sum = vec4f();
  var m = LOWEST;
  var total = 0.0;
  for (var done = 0u; done < longest; done += STAGED) {
    let e = begin + done;
    var x@k = vec4f();
    var w@k = vec4f();
    if (e + @ku < end) { x@k = xl[((index[e + @ku] & NODE) * params.all_heads + params.first_head) * QUADS + lane]; }
    if (e + @ku < end) { w@k = x@k + r + edge_part(e + @ku, head, q); }
    products[(rows * STAGED + @ku) * LANES + lane] = dot(vector, leaky_quad(w@k, params.slope));
    quad_signs[(rows * STAGED + @ku) * LANES + lane] = signs(w@k);
    workgroupBarrier();
    for (var u = lane; u < STAGED * HEADS; u += LANES) {
      let k = u / HEADS;
      let each = u % HEADS;
      let staged = (rows * STAGED + k) * LANES + each * QUADS;
      var z = LOWEST;
      if (e + k < end) {
        z = relation_bias(index[e + k] >> NODE_BITS, params.first_head + each);
        for (var n = 0u; n < QUADS; n++) { z += products[staged + n]; }
        let record = ((e + k) * HEADS + each) * RECORD;
        for (var word = 0u; word < WORDS; word++) {
          var bits = 0u;
          for (var n = 0u; n < min(8u, QUADS - 8u * word); n++) { bits |= quad_signs[staged + 8u * word + n] << (4u * n); }
          kept[record + word] = bits;
        }
        kept[record + WORDS] = bitcast<u32>(z);
      }
      logits[(rows * STAGED + k) * HEADS + each] = z;
    }
    workgroupBarrier();
    let staged = rows * STAGED * HEADS + h;
    var top = m;
    top = max(top, logits[staged + @ku * HEADS]);
    let scale = exp(m - top);
    total *= scale;
    sum *= scale;
    m = top;
    var p@k = 0.0;
    if (e + @ku < end) { p@k = exp(logits[staged + @ku * HEADS] - top); }
    total += p@k;
    if (e + @ku < end) { sum += p@k * keep_factor(key, e + @ku, head) * x@k; }
  }
  if (!present) { return; }
  if (split == 0u) {
    y[own] = sum * select(1.0 / total, 0.0, total == 0.0);
    if (q == 0u) { lse[row * params.all_heads + head] = select(m + log(total), 0.0, total == 0.0); }
  } else {
    let to = (split - 1u) * HEADS + h;
    part[to * QUADS + q] = sum;
    if (q == 0u) {
      lse[params.parts_at + 2u * to] = m;
      lse[params.parts_at + 2u * to + 1u] = total;
    }
  }
}
