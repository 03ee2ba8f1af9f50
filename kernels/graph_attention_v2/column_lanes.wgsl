// GATv2 backward for GPUs, over the edges that leave a node: as column.wgsl, with a lane a head and quad of channels and STAGED edges at a
// time, whose dy and signs stay in registers.
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

const LANES: u32 = HEADS * QUADS;
var<workgroup> products: array<f32, ROWS * STAGED * LANES>;
var<workgroup> made: array<vec2f, ROWS * STAGED * HEADS>;  // (weight after dropout, dz)

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
  let x = xl[(source * params.all_heads + params.first_head) * QUADS + lane];
  var messages = vec4f();
  var slope_sum = vec4f();
  for (var done = 0u; done < longest; done += STAGED) {
    let c = begin + done;
    var g@k = vec4f();
    var bits@k = 0u;
    if (c + @ku < end) { g@k = dy[((index[2u * (c + @ku)] & NODE) * params.all_heads + params.first_head) * QUADS + lane]; }
    if (c + @ku < end) { bits@k = kept[(index[2u * (c + @ku) + 1u] * HEADS + h) * RECORD + q / 8u] >> (4u * (q % 8u)); }
    products[(r * STAGED + @ku) * LANES + lane] = dot(g@k, x);
    workgroupBarrier();
    for (var u = lane; u < STAGED * HEADS; u += LANES) {
      let k = u / HEADS;
      let each = u % HEADS;
      var both = vec2f();
      if (c + k < end) {
        var product = 0.0;
        for (var n = 0u; n < QUADS; n++) { product += products[(r * STAGED + k) * LANES + each * QUADS + n]; }
        let slot = index[2u * (c + k) + 1u];
        let statistic = statistics[(index[2u * (c + k)] & NODE) * HEADS + each];
        let at_logit = (slot * HEADS + each) * RECORD + WORDS;
        let alpha = exp(bitcast<f32>(kept[at_logit]) - statistic.y);
        let keep = keep_factor(key, slot, params.first_head + each);
        both = vec2f(alpha * keep, alpha * (product * keep - statistic.z));
        kept[at_logit] = bitcast<u32>(both.y);
      }
      made[(r * STAGED + k) * HEADS + each] = both;
    }
    workgroupBarrier();
    let staged = r * STAGED * HEADS + h;
    messages += made[staged + @ku * HEADS].x * g@k;
    slope_sum += made[staged + @ku * HEADS].y * slopes(bits@k, params.slope);
  }
  if (!present) { return; }
  var to = (source * HEADS + h) * 2u * QUADS;
  if (split != 0u) { to = params.parts_at + ((split - 1u) * HEADS + h) * 2u * QUADS; }
  sums[to + q] = messages;
  sums[to + QUADS + q] = slope_sum;
}
