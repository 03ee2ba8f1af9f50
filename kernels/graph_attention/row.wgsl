// GAT forward for software: one thread goes over a work item for one head, its sums in registers; no barrier. Softmax online: m is the
// largest logit so far, total and the sums are relative to exp(m). lse: [rows][all heads], then (m, total) of the parts.
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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = unfold(id, groups, 64u);
  if (thread >= params.items * HEADS) { return; }
  let h = thread % HEADS;
  let head = params.first_head + h;
  let at = params.items_at + 4u * (thread / HEADS);
  let row = index[at];
  if (row == NO_ROW) { return; }
  let end = index[at + 2u];
  let split = index[at + 3u];
  let key = random_key(step.seed, step.step, params.site);
  let t = destination_logits[row * params.all_heads + head];
  var m = LOWEST;
  var total = 0.0;
  var sum@q = vec4f();
  for (var e = index[at + 1u]; e < end; e++) {
    let word = index[e];
    let node = (word & NODE) * params.all_heads + head;
    let z = leaky(source_logits[node] + t + edge_logit(e, word >> NODE_BITS, head), params.slope);
    if (z > m) {
      let scale = exp(m - z);
      total *= scale;
      sum@q *= scale;
      m = z;
    }
    let p = exp(z - m);
    total += p;
    let weight = p * keep_factor(key, e, head);
    let gathered = node * QUADS;
    sum@q += weight * xl[gathered + @qu];
  }
  if (split == 0u) {
    let scale = select(1.0 / total, 0.0, total == 0.0);
    let to = (row * params.all_heads + head) * QUADS;
    y[to + @qu] = sum@q * scale;
    lse[row * params.all_heads + head] = select(m + log(total), 0.0, total == 0.0);
  } else {
    let to = (split - 1u) * HEADS + h;
    part[to * QUADS + @qu] = sum@q;
    lse[params.parts_at + 2u * to] = m;
    lse[params.parts_at + 2u * to + 1u] = total;
  }
}
