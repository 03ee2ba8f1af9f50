// Count, mean and sum of squared deviations of a chunk of a sample's values. One workgroup of 64 threads: one chunk, read
// twice, so that a large mean costs no digits. `cells` Values of `lanes` channels make a row.
struct Params { elements: u32, cells: u32, lanes: u32, chunk: u32, chunks: u32, samples: u32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;       // [samples, elements, cells]
@group(0) @binding(1) var<storage, read> mask: array<f32>;      // [samples, elements]
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;  // [samples, chunks]
@group(0) @binding(3) var<uniform> params: Params;
override MASK: u32 = 0u;
const THREADS = 64u;
alias Summand = vec2f;

fn weight(sample: u32, cell: u32) -> f32 {
  if (MASK == 0u) { return 1.0; }
  return mask[sample * params.elements + cell / params.cells];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let part = group.x + group.y * groups.x;
  if (part >= params.samples * params.chunks) { return; }
  let sample = part / params.chunks;
  let cells = params.elements * params.cells;
  let first = part % params.chunks * params.chunk;
  let end = min(first + params.chunk, cells);
  var sum = vec2f();
  for (var i = first + lane; i < end; i += 64u) {
    let m = weight(sample, i);
    sum += m * vec2f(f32(params.lanes), sum_of(x[sample * cells + i]));
  }
  sum = workgroup_sum(lane, sum);
  let mean = select(0.0, sum.y / sum.x, sum.x > 0.0);
  var squares = 0.0;
  for (var i = first + lane; i < end; i += 64u) {
    let d = x[sample * cells + i] - mean;
    squares += weight(sample, i) * sum_of(d * d);
  }
  squares = workgroup_sum(lane, vec2f(squares, 0.0)).x;
  if (lane == 0u) { partial[part] = vec4f(sum.x, mean, squares, 0.0); }
}
