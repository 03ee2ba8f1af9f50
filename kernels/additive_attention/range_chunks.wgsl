// Least and largest query of every channel, over a chunk of rows. One thread: one channel of one chunk.
struct Params { rows: u32, columns: u32, chunk: u32 }
@group(0) @binding(0) var<storage, read> query: array<f32>;
@group(0) @binding(1) var<storage, read_write> partial: array<vec2f>;  // [chunks, columns]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.columns) { return; }
  let first = id.y * params.chunk;
  var reach = vec2f(3.4e38, -3.4e38);
  for (var row = first; row < min(first + params.chunk, params.rows); row++) {
    let value = query[row * params.columns + id.x];
    reach = vec2f(min(reach.x, value), max(reach.y, value));
  }
  partial[id.y * params.columns + id.x] = reach;
}
