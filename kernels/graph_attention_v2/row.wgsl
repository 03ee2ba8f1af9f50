// GATv2 forward for software: one thread goes over a work item for one head, its row of xr, the vector and the sums in registers.
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
  let own = (row * params.all_heads + head) * QUADS;
  let r@q = xr[own + @qu];
  let v@q = vector_quad(head, @qu);
  var sum@q = vec4f();
  var m = LOWEST;
  var total = 0.0;
  for (var e = index[at + 1u]; e < end; e++) {
    let word = index[e];
    let gathered = ((word & NODE) * params.all_heads + head) * QUADS;
    let record = (e * HEADS + h) * RECORD;
    let x@q = xl[gathered + @qu];
    let w@q = x@q + r@q + edge_part(e, head, @qu);
    var z = relation_bias(word >> NODE_BITS, head);
    z += dot(v@q, leaky_quad(w@q, params.slope));
    var bits@w = 0u;
    bits@e |= signs(w@q) << @nu;
    kept[record + @wu] = bits@w;
    kept[record + WORDS] = bitcast<u32>(z);
    if (z > m) {
      let scale = exp(m - z);
      total *= scale;
      sum@q *= scale;
      m = z;
    }
    let p = exp(z - m);
    total += p;
    let weight = p * keep_factor(key, e, head);
    sum@q += weight * x@q;
  }
  if (split == 0u) {
    let scale = select(1.0 / total, 0.0, total == 0.0);
    y[own + @qu] = sum@q * scale;
    lse[row * params.all_heads + head] = select(m + log(total), 0.0, total == 0.0);
  } else {
    let to = (split - 1u) * HEADS + h;
    part[to * QUADS + @qu] = sum@q;
    lse[params.parts_at + 2u * to] = m;
    lse[params.parts_at + 2u * to + 1u] = total;
  }
}
