// GAT backward for software, over the edges that leave a node: one thread a work item and head, the node's row and the sum of its gradient
// in registers; dy is the one wide gather. `small`: gradients of logits by slot, [edges][HEADS], then their sums by source, [sources][HEADS],
// then those of the parts.
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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = unfold(id, groups, 64u);
  if (thread >= params.items * HEADS) { return; }
  let h = thread % HEADS;
  let head = params.first_head + h;
  let at = params.items_at + 4u * (thread / HEADS);
  let source = index[at];
  if (source == NO_ROW) { return; }
  let end = index[at + 2u];
  let split = index[at + 3u];
  let key = random_key(step.seed, step.step, params.site);
  let s = statistics[source * HEADS + h].w;
  let row = (source * params.all_heads + head) * QUADS;
  let x@q = xl[row + @qu];
  var sum@q = vec4f();
  var logit_sum = 0.0;
  for (var c = index[at + 1u]; c < end; c++) {
    let word = index[2u * c];
    let slot = index[2u * c + 1u];
    let node = statistics[(word & NODE) * HEADS + h];
    let logit = s + node.x + edge_logit(slot, word >> NODE_BITS, head);
    let alpha = exp(leaky(logit, params.slope) - node.y);
    let gathered = ((word & NODE) * params.all_heads + head) * QUADS;
    let g@q = dy[gathered + @qu];
    var product = 0.0;
    product += dot(g@q, x@q);
    let keep = keep_factor(key, slot, head);
    let gradient = alpha * (product * keep - node.z) * select(params.slope, 1.0, logit > 0.0);
    small[slot * HEADS + h] = gradient;
    logit_sum += gradient;
    let weight = alpha * keep;
    sum@q += weight * g@q;
  }
  if (split == 0u) {
    dxl[row + @qu] = sum@q;
    small[params.sums_at + source * HEADS + h] = logit_sum;
  } else {
    let to = (split - 1u) * HEADS + h;
    part[to * QUADS + @qu] = sum@q;
    small[params.parts_at + to] = logit_sum;
  }
}
