// Gradients of scale and shift over a chunk of rows. One thread: one column of one chunk.
struct Params { rows: u32, width: u32, chunk: u32, chunks: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dscale: array<f32>;
@group(0) @binding(4) var<storage, read_write> dshift: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override KIND: u32 = 0u;
override ADD_SCALE: u32 = 0u;  // 1: add to what dscale holds
override ADD_SHIFT: u32 = 0u;  // 1: add to what dshift holds

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.width * params.chunks) { return; }
  let column = i % params.width;
  let first = i / params.width * params.chunk;
  var sums = vec2f();
  for (var row = first; row < min(first + params.chunk, params.rows); row++) {
    let at = row * params.width + column;
    let s = statistics[row];
    sums += vec2f(dy[at] * (x[at] - s.x) / (s.y + select(0.0, params.epsilon, KIND == 1u)), dy[at]);
  }
  if (ADD_SCALE == 1u) { sums.x += dscale[i]; }
  if (ADD_SHIFT == 1u) { sums.y += dshift[i]; }
  dscale[i] = sums.x;
  dshift[i] = sums.y;
}
