// dx[s] = sum of dy over the rows that were gathered from s, in ascending order: no atomics.
// users[starts[s] .. starts[s + 1]] lists those rows. One thread an element of dx.
struct Params { sources: u32, width: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> users: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.sources * params.width) { return; }
  let source = i / params.width;
  let column = i % params.width;
  var sum = 0.0;
  for (var k = starts[source]; k < starts[source + 1u]; k++) { sum += dy[users[k] * params.width + column]; }
  dx[i] = sum;
}
