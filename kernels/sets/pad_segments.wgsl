// Packed rows to padded sets: y[s, i] = x[starts[s] + i] where the segment is that long, else zero. One thread an element.
struct Params { segments: u32, items: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.segments * params.items * params.width) { return; }
  let item = i / params.width;
  let row = starts[item / params.items] + item % params.items;
  var value = 0.0;
  if (row < starts[item / params.items + 1u]) { value = x[row * params.width + i % params.width]; }
  y[i] = value;
}
