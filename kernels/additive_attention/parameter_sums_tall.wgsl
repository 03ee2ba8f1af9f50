// parameter_sums.wgsl for GPUs. One workgroup of 16 x 16 threads: 16 columns of dq and of R1 of one chunk, or a chunk of ds.
struct Params { rows: u32, depth: u32, chunk: u32, chunks: u32, scores: u32, scores_chunk: u32 }
@group(0) @binding(0) var<storage, read> dquery: array<f32>;
@group(0) @binding(1) var<storage, read> r_sums: array<f32>;
@group(0) @binding(2) var<storage, read> score_sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
alias Summand = vec2f;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (params.depth + 15u) / 16u + 1u;
  let part = group.x + group.y * groups.x;
  if (part >= params.chunks * across) { return; }
  let chunk = part / across;
  let block = part % across;
  let column = block * 16u + lane % 16u;
  let out = chunk * (2u * params.depth + 1u);
  var sums = vec2f();
  if (block + 1u == across) {
    let begin = chunk * params.scores_chunk;
    for (var k = begin + lane; k < min(begin + params.scores_chunk, params.scores); k += 256u) { sums.x += score_sums[k]; }
  } else {
    let first = chunk * params.chunk;
    for (var row = first + lane / 16u; row < min(first + params.chunk, params.rows); row += 16u) {
      let at = row * params.depth + min(column, params.depth - 1u);
      sums += vec2f(dquery[at], r_sums[at]);
    }
  }
  sums = column_sum(lane, sums);
  if (block + 1u == across) {
    if (lane != 0u) { return; }
    var sum = 0.0;
    for (var c = 0u; c < 16u; c++) { sum += column_shares[c].x; }
    partial[out + 2u * params.depth] = sum;
    return;
  }
  if (lane >= 16u || column >= params.depth) { return; }
  partial[out + column] = sums.x;
  partial[out + params.depth + column] = sums.y;
}
