// Sums over chunks of what the passes left for bias, vector and offset: columns of dq, columns of R1, and the sum of ds. One thread:
// one column of one chunk.
struct Params { rows: u32, depth: u32, chunk: u32, chunks: u32, scores: u32, scores_chunk: u32 }
@group(0) @binding(0) var<storage, read> dquery: array<f32>;      // [rows, depth]
@group(0) @binding(1) var<storage, read> r_sums: array<f32>;      // [rows, depth]
@group(0) @binding(2) var<storage, read> score_sums: array<f32>;  // [scores]
@group(0) @binding(3) var<storage, read_write> partial: array<f32>;  // [chunks, 2 depth + 1]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let width = 2u * params.depth + 1u;
  if (i >= params.chunks * width) { return; }
  let column = i % width;
  let chunk = i / width;
  let first = chunk * params.chunk;
  let end = min(first + params.chunk, params.rows);
  var sum = 0.0;
  if (column < params.depth) {
    for (var row = first; row < end; row++) { sum += dquery[row * params.depth + column]; }
  } else if (column < 2u * params.depth) {
    for (var row = first; row < end; row++) { sum += r_sums[row * params.depth + column - params.depth]; }
  } else {
    let begin = chunk * params.scores_chunk;
    for (var k = begin; k < min(begin + params.scores_chunk, params.scores); k++) { sum += score_sums[k]; }
  }
  partial[i] = sum;
}
