// dx of the padding: every row fetches its own place; rows of no segment, and those cut off, get zero.
// One thread an element of dx.
struct Params { rows: u32, segments: u32, items: u32, width: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> segment_of: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  let segment = segment_of[row];
  var value = 0.0;
  if (row < starts[params.segments] && segment < params.segments) {
    let item = row - starts[segment];
    if (item < params.items) { value = dy[(segment * params.items + item) * params.width + i % params.width]; }
  }
  dx[i] = value;
}
