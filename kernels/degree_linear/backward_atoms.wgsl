// dx[a] += sum over a's neighbours of their dsums: neighbourhood is mutual, so the same lists serve. One thread an element.
struct Params { atoms: u32, width: u32, bond_width: u32 }
@group(0) @binding(0) var<storage, read> dsums: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> neighbours: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.atoms * params.width) { return; }
  let atom = i / params.width;
  var sum = 0.0;
  for (var k = starts[atom]; k < starts[atom + 1u]; k++) {
    sum += dsums[neighbours[k] * (params.width + params.bond_width) + i % params.width];
  }
  dx[i] += sum;
}
