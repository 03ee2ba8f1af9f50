// Sums over chunks of each sample's rows: [samples, rows, width] -> [samples, chunks, width]. One thread: one column of one chunk;
// run again over the chunks.
struct Params { samples: u32, rows: u32, width: u32, chunk: u32, chunks: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

override ADD: u32 = 0u;  // 1: add to what sums holds

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.chunks * params.width) { return; }
  let column = i % params.width;
  let sample = i / params.width / params.chunks;
  let first = i / params.width % params.chunks * params.chunk;
  var sum = 0.0;
  for (var row = first; row < min(first + params.chunk, params.rows); row++) {
    sum += x[(sample * params.rows + row) * params.width + column];
  }
  if (ADD == 1u) { sum += sums[i]; }
  sums[i] = sum;
}
