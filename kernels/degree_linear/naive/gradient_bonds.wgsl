// By the book: dbonds[b, c] = sum over b's two atoms, and over outputs, of dy[a, o] times the weight of a's degree.
// One thread an element.
struct Params { atoms: u32, bonds: u32, width: u32, bond_width: u32, out: u32, out_row: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> bond_atoms: array<u32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> dbonds: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.bonds * params.bond_width) { return; }
  let column = params.width + i % params.bond_width;
  var sum = 0.0;
  for (var end = 0u; end < 2u; end++) {
    let a = bond_atoms[2u * (i / params.bond_width) + end];
    if (a >= params.atoms) { continue; }
    let degree = min(starts[a + 1u] - starts[a], 5u);
    let weight = (degree * (params.width + params.bond_width) + column) * params.out_row;
    for (var o = 0u; o < params.out; o++) { sum += dy[a * params.out + o] * table[weight + o]; }
  }
  dbonds[i] = sum;
}
