// Joins the parts of split rows, each relative to the largest logit of its own. One thread: a quad of one head of one row.
struct Params { merges: u32, all_heads: u32, first_head: u32, parts_at: u32 }
@group(0) @binding(0) var<storage, read> merges: array<vec4u>;
@group(0) @binding(1) var<storage, read> part: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = unfold(id, groups, 64u);
  if (thread >= params.merges * HEADS * QUADS) { return; }
  let q = thread % QUADS;
  let h = thread / QUADS % HEADS;
  let row = merges[thread / QUADS / HEADS];
  if (row.x == NO_ROW) { return; }
  var m = LOWEST;
  for (var k = 0u; k < row.z; k++) { m = max(m, lse[params.parts_at + 2u * ((row.y + k) * HEADS + h)]); }
  var total = 0.0;
  var sum = vec4f();
  for (var k = 0u; k < row.z; k++) {
    let at = (row.y + k) * HEADS + h;
    let scale = exp(lse[params.parts_at + 2u * at] - m);
    total += scale * lse[params.parts_at + 2u * at + 1u];
    sum += scale * part[at * QUADS + q];
  }
  let to = row.x * params.all_heads + params.first_head + h;
  y[to * QUADS + q] = sum / total;
  if (q == 0u) { lse[to] = m + log(total); }
}
