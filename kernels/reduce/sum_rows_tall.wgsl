// The sums of sum_rows.wgsl for GPUs and many rows. One workgroup of 16 x 16 threads: 16 columns of one chunk.
struct Params { samples: u32, rows: u32, width: u32, chunk: u32, chunks: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
alias Summand = f32;

override ADD: u32 = 0u;  // 1: add to what sums holds

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let across = (params.width + 15u) / 16u;
  let part = group.x + group.y * groups.x;
  if (part >= params.samples * params.chunks * across) { return; }
  let column = part % across * 16u + lane % 16u;
  let i = part / across;
  let first = i % params.chunks * params.chunk;
  let end = min(first + params.chunk, params.rows);
  let table = i / params.chunks * params.rows * params.width + min(column, params.width - 1u);
  var sum = 0.0;
  for (var row = first + lane / 16u; row < end; row += 16u) { sum += x[table + row * params.width]; }
  sum = column_sum(lane, sum);
  if (lane >= 16u || column >= params.width) { return; }
  let at = i * params.width + column;
  if (ADD == 1u) { sum += sums[at]; }
  sums[at] = sum;
}
