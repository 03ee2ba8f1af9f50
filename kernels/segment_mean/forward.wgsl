// Mean of each segment's rows; an empty segment gives zero. One thread: one column of one segment.
struct Params { segments: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.segments * params.width) { return; }
  let segment = i / params.width;
  let column = i % params.width;
  let first = starts[segment];
  let end = starts[segment + 1u];
  var sum = 0.0;
  for (var row = first; row < end; row++) { sum += x[row * params.width + column]; }
  y[i] = sum / f32(max(end - first, 1u));
}
