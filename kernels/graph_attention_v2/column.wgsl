// GATv2 backward for software, over the edges that leave a node: A = sum of weights times dy, and D = sum of dz leakyRelu'(w), side by side,
// [sources][HEADS][2 QUADS], then the parts: dxl = A + vector D. dz takes the place of the logit in the edge's record.
struct Params {
  items: u32, items_at: u32, all_heads: u32, first_head: u32, parts_at: u32, keep_at: u32,
  site: u32, layer_heads: u32, layer_first: u32, slope: f32, rate: f32,
}
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> xl: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(4) var<storage, read> edge: array<f32>;
@group(0) @binding(5) var<storage, read_write> kept: array<u32>;
@group(0) @binding(6) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(7) var<uniform> params: Params;
@group(0) @binding(8) var<uniform> step: StepState;

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
  let row = (source * params.all_heads + head) * QUADS;
  let x@q = xl[row + @qu];
  var messages@q = vec4f();
  var slopes@q = vec4f();
  for (var c = index[at + 1u]; c < end; c++) {
    let node = index[2u * c] & NODE;
    let slot = index[2u * c + 1u];
    let statistic = statistics[node * HEADS + h];
    let record = (slot * HEADS + h) * RECORD;
    let gathered = (node * params.all_heads + head) * QUADS;
    let g@q = dy[gathered + @qu];
    var product = 0.0;
    product += dot(g@q, x@q);
    let alpha = exp(bitcast<f32>(kept[record + WORDS]) - statistic.y);
    let keep = keep_factor(key, slot, head);
    let dz = alpha * (product * keep - statistic.z);
    kept[record + WORDS] = bitcast<u32>(dz);
    let weight = alpha * keep;
    messages@q += weight * g@q;
    let bits@w = kept[record + @wu];
    slopes@q += dz * slopes(bits@e >> @nu, params.slope);
  }
  var to = (source * HEADS + h) * 2u * QUADS;
  if (split != 0u) { to = params.parts_at + ((split - 1u) * HEADS + h) * 2u * QUADS; }
  sums[to + @qu] = messages@q;
  sums[to + QUADS + @qu] = slopes@q;
}
