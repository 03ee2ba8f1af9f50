// Adds up the parts of split sources. One thread: a quad of one head of one source.
struct Params { merges: u32, all_heads: u32, first_head: u32, sums_at: u32, parts_at: u32 }
@group(0) @binding(0) var<storage, read> merges: array<vec4u>;
@group(0) @binding(1) var<storage, read> part: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> small: array<f32>;
@group(0) @binding(3) var<storage, read_write> dxl: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = unfold(id, groups, 64u);
  if (thread >= params.merges * HEADS * QUADS) { return; }
  let q = thread % QUADS;
  let h = thread / QUADS % HEADS;
  let row = merges[thread / QUADS / HEADS];
  if (row.x == NO_ROW) { return; }
  var sum = vec4f();
  var logit_sum = 0.0;
  for (var k = 0u; k < row.z; k++) {
    sum += part[((row.y + k) * HEADS + h) * QUADS + q];
    logit_sum += small[params.parts_at + (row.y + k) * HEADS + h];
  }
  dxl[(row.x * params.all_heads + params.first_head + h) * QUADS + q] = sum;
  if (q == 0u) { small[params.sums_at + row.x * HEADS + h] = logit_sum; }
}
