// By the book: each weight's gradient is a sum over the atoms of its degree and over their neighbours.
// One thread: one weight of one degree, over all atoms.
struct Params { atoms: u32, width: u32, bond_width: u32, out: u32, out_row: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> bonds: array<f32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read> neighbours: array<u32>;
@group(0) @binding(5) var<storage, read> neighbour_bonds: array<u32>;
@group(0) @binding(6) var<storage, read_write> dtable: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = params.width + params.bond_width;
  if (id.x >= 6u * row * params.out_row) { return; }
  let o = id.x % params.out_row;
  let column = id.x / params.out_row % row;
  let degree = id.x / params.out_row / row;
  var sum = 0.0;
  for (var atom = 0u; atom < params.atoms && o < params.out; atom++) {
    let first = starts[atom];
    let end = starts[atom + 1u];
    if (min(end - first, 5u) != degree) { continue; }
    for (var k = first; k < end; k++) {
      if (column < params.width) {
        sum += dy[atom * params.out + o] * x[neighbours[k] * params.width + column];
      } else {
        sum += dy[atom * params.out + o] * bonds[neighbour_bonds[k] * params.bond_width + column - params.width];
      }
    }
  }
  dtable[id.x] = sum;
}
