// backward_weights.wgsl for GPUs, whose local memory an array indexed by the degree would take: all threads of a workgroup look at
// the same atom, so that they take one way of the switch. A line with the mark @d stands here once a degree.
struct Params { atoms: u32, out: u32, quads: u32, row: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial_table: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let stride = params.row * params.quads;
  if (id.x >= stride) { return; }
  let column = id.x / params.quads;
  let quad = id.x % params.quads;
  let whole = 4u * quad + 4u <= params.out;
  var total@d = vec4f();
  let first = id.y * 64u;
  for (var atom = first; atom < min(first + 64u, params.atoms); atom++) {
    let degree = min(starts[atom + 1u] - starts[atom], 5u);
    let at = atom * params.out + 4u * quad;
    var d = vec4f();
    if (whole) {
      d = vec4f(dy[at], dy[at + 1u], dy[at + 2u], dy[at + 3u]);
    } else {
      for (var k = 0u; k < params.out % 4u; k++) { d[k] = dy[at + k]; }
    }
    let product = d * sums[atom * params.row + column];
    switch (degree) {
      case @du: { total@d += product; }
      default: {}
    }
  }
  partial_table[(id.y * 6u + @du) * stride + id.x] = total@d;
}
