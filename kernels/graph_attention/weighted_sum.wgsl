// Sums over chunks of rows of x times a weight, a number a head or one a channel: [rows, heads x channels] -> [chunks, heads x channels].
// Every table has rows of its own width (_row), of which columns from `_from` on are meant; sums are written from row `to` on. One
// thread: one channel of one chunk.
struct Params {
  rows: u32, heads: u32, channels: u32, chunk: u32, chunks: u32,
  x_row: u32, x_from: u32, w_row: u32, w_from: u32, s_row: u32, s_from: u32, to: u32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let width = params.heads * params.channels;
  if (i >= params.chunks * width) { return; }
  let column = i % width;
  let first = i / width * params.chunk;
  // Beside each head's sums lie others of the same width, where STRIDED says so.
  var weight = column;
  if (BY_HEAD == 1u) { weight = column / params.channels; }
  if (STRIDED == 1u) { weight = column / params.channels * 2u * params.channels + column % params.channels; }
  var sum = 0.0;
  for (var row = first; row < min(first + params.chunk, params.rows); row++) {
    sum += x[row * params.x_row + params.x_from + column] * weights[row * params.w_row + params.w_from + weight];
  }
  sums[(params.to + i / width) * params.s_row + params.s_from + column] = sum;
}
