// dbonds[b] = the bond part of the dsums of both its atoms; a padding bond has no atoms. One thread an element.
struct Params { atoms: u32, bonds: u32, width: u32, bond_width: u32 }
@group(0) @binding(0) var<storage, read> dsums: array<f32>;
@group(0) @binding(1) var<storage, read> bond_atoms: array<u32>;
@group(0) @binding(2) var<storage, read_write> dbonds: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.bonds * params.bond_width) { return; }
  let bond = i / params.bond_width;
  let row = params.width + params.bond_width;
  let column = params.width + i % params.bond_width;
  var sum = 0.0;
  for (var end = 0u; end < 2u; end++) {
    let atom = bond_atoms[2u * bond + end];
    if (atom < params.atoms) { sum += dsums[atom * row + column]; }
  }
  dbonds[i] = sum;
}
