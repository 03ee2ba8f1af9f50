// Sums over rows of edges, given by starts, of values by slot; INDIRECT 1: through a list of slots. One thread: one column of one row.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> slots: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

override INDIRECT: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  var sum = 0.0;
  for (var e = starts[row]; e < starts[row + 1u]; e++) {
    var slot = e;
    if (INDIRECT == 1u) { slot = slots[e]; }
    sum += values[slot * params.width + i % params.width];
  }
  sums[i] = sum;
}
