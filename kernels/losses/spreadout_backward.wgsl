// Derivative of the spread-out loss: (sum - unit (unit . sum)) / |e|. One workgroup: one row.
struct Params { samples: u32, items: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> inverse: array<f32>;
@group(0) @binding(2) var<storage, read> unit_sums: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.samples * params.items) { return; }
  let start = row * params.width;
  let sums = row % params.items * params.width;
  let scale = inverse[row];
  var inner = 0.0;
  for (var c = lane; c < params.width; c += 128u) { inner += x[start + c] * scale * unit_sums[sums + c]; }
  let total = workgroup_sum(lane, vec4f(inner, 0.0, 0.0, 0.0)).x;
  for (var c = lane; c < params.width; c += 128u) {
    dx[start + c] = dy[0] * params.scale * scale * (unit_sums[sums + c] - x[start + c] * scale * total);
  }
}
