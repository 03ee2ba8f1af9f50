// sums[a] = sum over a's neighbours of concat(x of the neighbour, features of the bond); NaN for an atom with more than 32, which no
// molecule has. One thread an element.
struct Params { atoms: u32, width: u32, bond_width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> bonds: array<f32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> neighbours: array<u32>;
@group(0) @binding(4) var<storage, read> neighbour_bonds: array<u32>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let row = params.width + params.bond_width;
  if (i >= params.atoms * row) { return; }
  let atom = i / row;
  let column = i % row;
  let end = starts[atom + 1u];
  if (end - starts[atom] > 32u) {
    sums[i] = bitcast<f32>(0x7fc00000u | end);
    return;
  }
  var sum = 0.0;
  for (var k = starts[atom]; k < end; k++) {
    if (column < params.width) {
      sum += x[neighbours[k] * params.width + column];
    } else {
      sum += bonds[neighbour_bonds[k] * params.bond_width + column - params.width];
    }
  }
  sums[i] = sum;
}
