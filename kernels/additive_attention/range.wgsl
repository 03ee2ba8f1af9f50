// The centre of every channel's queries, whether tanh may be factorised, and the score's vector in whole quads.
// tanh(a + b) depends on the sum only, so a' = a - centre and b' = b + centre; if no a' exceeds 31, exp(2a') and
// exp(2 clamp(b', -40, 40)) stay finite, and where the clamp acts tanh is within half an ulp of its limit (kernel-sketches.md
// 3.3). Clamping both sides would be wrong. One workgroup of 64 threads.
struct Params { heads: u32, depth: u32, rows: u32, force: u32 }  // rows: of the queries, or their chunks; force: 0 by the range, 1 factorised, 2 exact
@group(0) @binding(1) var<storage, read> score_vector: array<f32>;   // w [depth]
@group(0) @binding(2) var<storage, read> score_offset: array<f32>;   // c [1]
@group(0) @binding(3) var<storage, read_write> centre: array<f32>;   // [heads depth], then 1 for factorised, 0 for exact
@group(0) @binding(4) var<storage, read_write> vector: array<f32>;   // w in whole quads, then c + sum of w
@group(0) @binding(5) var<uniform> params: Params;
const THREADS = 64u;
alias Summand = f32;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  let columns = params.heads * params.depth;
  var reach = 0.0;
  for (var column = lane; column < columns; column += 64u) {
    let ends = ends_of(column, columns);
    centre[column] = 0.5 * ends.x + 0.5 * ends.y;
    reach = max(reach, 0.5 * ends.y - 0.5 * ends.x);
  }
  reach = workgroup_max(lane, reach);
  let padded = (params.depth + 3u) / 4u * 4u;
  for (var c = lane; c < padded; c += 64u) {
    vector[c] = select(0.0, score_vector[min(c, params.depth - 1u)], c < params.depth);
  }
  if (lane != 0u) { return; }
  let factorised = params.force == 1u || (params.force == 0u && reach <= 31.0);
  centre[columns] = select(0.0, 1.0, factorised);
  var sum = 0.0;
  for (var c = 0u; c < params.depth; c++) { sum += score_vector[c]; }
  vector[padded] = score_offset[0] + sum;
  for (var c = 1u; c < 4u; c++) { vector[padded + c] = 0.0; }
}
