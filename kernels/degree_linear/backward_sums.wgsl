// dsums[a, k] = sum over outputs of dy[a, o] W[o, k], W chosen by a's number of neighbours. One thread an element.
struct Params { atoms: u32, out: u32, quads: u32, row: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dsums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.atoms * params.row) { return; }
  let atom = i / params.row;
  let degree = min(starts[atom + 1u] - starts[atom], 5u);
  let first = (degree * params.row + i % params.row) * params.quads;
  let start = atom * params.out;
  var sum = 0.0;
  for (var quad = 0u; quad < params.out / 4u; quad++) {
    let at = start + 4u * quad;
    sum += dot(vec4f(dy[at], dy[at + 1u], dy[at + 2u], dy[at + 3u]), table[first + quad]);
  }
  for (var o = params.out / 4u * 4u; o < params.out; o++) { sum += dy[start + o] * table[first + o / 4u][o % 4u]; }
  dsums[i] = sum;
}
