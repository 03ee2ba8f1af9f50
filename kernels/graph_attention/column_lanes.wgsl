// GAT backward for GPUs, over the edges that leave a node: ROWS work items a workgroup, a lane a head and quad of channels. STAGED edges at
// a time: their dy stays in registers while lanes add up the products with xl and make each edge's weight and gradient once.
struct Params {
  items: u32, items_at: u32, all_heads: u32, first_head: u32, sums_at: u32, parts_at: u32, logits_at: u32, keep_at: u32,
  site: u32, layer_heads: u32, layer_first: u32, slope: f32, rate: f32,
}
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> xl: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(4) var<storage, read> edge: array<f32>;
@group(0) @binding(5) var<storage, read_write> small: array<f32>;
@group(0) @binding(6) var<storage, read_write> dxl: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> part: array<vec4f>;
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: StepState;

const LANES: u32 = HEADS * QUADS;
var<workgroup> products: array<f32, ROWS * STAGED * LANES>;
var<workgroup> made: array<vec2f, ROWS * STAGED * HEADS>;  // (weight after dropout, gradient of the logit)

@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let first = unfold(group, groups, 1u) * ROWS;
  var longest = 0u;
  for (var k = 0u; k < ROWS; k++) {
    let at = params.items_at + 4u * min(first + k, params.items - 1u);
    longest = max(longest, index[at + 2u] - index[at + 1u]);
  }
  let lane = local % LANES;
  let h = lane / QUADS;
  let q = lane % QUADS;
  let r = local / LANES;
  let item = first + r;
  let at = params.items_at + 4u * min(item, params.items - 1u);
  let present = item < params.items && index[at] != NO_ROW;
  let source = select(0u, index[at], present);
  let begin = index[at + 1u];
  let end = select(begin, index[at + 2u], present);
  let split = index[at + 3u];
  let key = random_key(step.seed, step.step, params.site);
  let row = (source * params.all_heads + params.first_head) * QUADS + lane;
  let x = xl[row];
  var sum = vec4f();
  var logit_sum = 0.0;
  for (var done = 0u; done < longest; done += STAGED) {
    let c = begin + done;
    var g@k = vec4f();
    if (c + @ku < end) { g@k = dy[((index[2u * (c + @ku)] & NODE) * params.all_heads + params.first_head) * QUADS + lane]; }
    products[(r * STAGED + @ku) * LANES + lane] = dot(g@k, x);
    workgroupBarrier();
    for (var u = lane; u < STAGED * HEADS; u += LANES) {
      let k = u / HEADS;
      let each = u % HEADS;
      var both = vec2f();
      if (c + k < end) {
        var product = 0.0;
        for (var n = 0u; n < QUADS; n++) { product += products[(r * STAGED + k) * LANES + each * QUADS + n]; }
        let word = index[2u * (c + k)];
        let slot = index[2u * (c + k) + 1u];
        let head = params.first_head + each;
        let node = statistics[(word & NODE) * HEADS + each];
        let logit = statistics[source * HEADS + each].w + node.x + edge_logit(slot, word >> NODE_BITS, head);
        let alpha = exp(leaky(logit, params.slope) - node.y);
        let keep = keep_factor(key, slot, head);
        let gradient = alpha * (product * keep - node.z) * select(params.slope, 1.0, logit > 0.0);
        both = vec2f(alpha * keep, gradient);
        small[slot * HEADS + each] = gradient;
      }
      made[(r * STAGED + k) * HEADS + each] = both;
    }
    workgroupBarrier();
    let edges = r * STAGED * HEADS + h;
    sum += made[edges + @ku * HEADS].x * g@k;
    logit_sum += made[edges + @ku * HEADS].y;
  }
  if (!present) { return; }
  if (split == 0u) {
    dxl[row] = sum;
    if (q == 0u) { small[params.sums_at + source * HEADS + h] = logit_sum; }
  } else {
    part[(split - 1u) * LANES + lane] = sum;
    if (q == 0u) { small[params.parts_at + (split - 1u) * HEADS + h] = logit_sum; }
  }
}
