// What a backward pass asks of a node, in one quad: (destination's half of the logit, log of the row's sum, <dy, y>, source's half).
// One thread: one head of one node of either side.
struct Params { nodes: u32, destinations: u32, sources: u32, all_heads: u32, first_head: u32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;
@group(0) @binding(2) var<storage, read> source_logits: array<f32>;
@group(0) @binding(3) var<storage, read> destination_logits: array<f32>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read_write> statistics: array<vec4f>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = unfold(id, groups, 64u);
  if (thread >= params.nodes * HEADS) { return; }
  let node = thread / HEADS;
  let at = node * params.all_heads + params.first_head + thread % HEADS;
  var result = vec4f();
  if (node < params.destinations) {
    var product = 0.0;
    for (var q = 0u; q < QUADS; q++) { product += dot(dy[at * QUADS + q], y[at * QUADS + q]); }
    result.y = lse[at];
    result.z = product;
    if (HALVES == 1u) { result.x = destination_logits[at]; }
  }
  if (HALVES == 1u && node < params.sources) { result.w = source_logits[at]; }
  statistics[thread] = result;
}
