// Gradients of rows from the sums of the passes: vector D, plus A where messages lie beside it. One thread: one quad.
struct Params { nodes: u32, all_heads: u32, first_head: u32 }
@group(0) @binding(0) var<storage, read> sums: array<vec4f>;
@group(0) @binding(1) var<storage, read> vector: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.nodes * HEADS * QUADS) { return; }
  let q = thread % QUADS;
  let h = thread / QUADS % HEADS;
  let node = thread / QUADS / HEADS;
  let head = params.first_head + h;
  let a = vector[head * QUADS + q];
  var value: vec4f;
  if (MESSAGES == 1u) {
    let at = (node * HEADS + h) * 2u * QUADS + q;
    value = sums[at] + a * sums[at + QUADS];
  } else {
    value = a * sums[(node * HEADS + h) * QUADS + q];
  }
  dx[(node * params.all_heads + head) * QUADS + q] = value;
}
