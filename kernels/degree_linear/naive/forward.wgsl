// By the book: y[a, o] += sum over a's neighbours, and over their x and the bond's features, of value times weight.
// One thread: one output of an atom, which reads its neighbours' rows again for every output.
struct Params { atoms: u32, width: u32, bond_width: u32, out: u32, out_row: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> bonds: array<f32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> neighbours: array<u32>;
@group(0) @binding(4) var<storage, read> neighbour_bonds: array<u32>;
@group(0) @binding(5) var<storage, read> table: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.atoms * params.out) { return; }
  let atom = i / params.out;
  let first = starts[atom];
  let end = starts[atom + 1u];
  let weight = min(end - first, 5u) * (params.width + params.bond_width) * params.out_row + i % params.out;
  var sum = 0.0;
  for (var k = first; k < end; k++) {
    for (var c = 0u; c < params.width; c++) {
      sum += x[neighbours[k] * params.width + c] * table[weight + c * params.out_row];
    }
    for (var c = 0u; c < params.bond_width; c++) {
      sum += bonds[neighbour_bonds[k] * params.bond_width + c] * table[weight + (params.width + c) * params.out_row];
    }
  }
  y[i] += sum;
}
