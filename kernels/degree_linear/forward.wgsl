// y[a] += sums[a] W', W chosen by a's number of neighbours (five and more share one). One thread: four outputs of an atom.
struct Params { atoms: u32, out: u32, quads: u32, row: u32 }
@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.atoms * params.quads) { return; }
  let atom = i / params.quads;
  let quad = i % params.quads;
  let degree = min(starts[atom + 1u] - starts[atom], 5u);
  let first = degree * params.row * params.quads + quad;
  var sum = vec4f();
  for (var k = 0u; k < params.row; k++) { sum += sums[atom * params.row + k] * table[first + k * params.quads]; }
  for (var k = 0u; k < 4u; k++) {
    let o = 4u * quad + k;
    if (o < params.out) { y[atom * params.out + o] += sum[k]; }
  }
}
