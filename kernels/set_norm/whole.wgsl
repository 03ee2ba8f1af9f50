// The normalised set in one go, for GPUs and sets of one part: statistics as in partial_statistics.wgsl, then apply_blocks.wgsl. One
// workgroup of 64 threads: one sample.
struct Params { samples: u32, elements: u32, cells: u32, lanes: u32, parts: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> mask: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<Value>;
@group(0) @binding(3) var<storage, read> shift: array<Value>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec4f>;  // [samples]
@group(0) @binding(5) var<storage, read_write> y: array<Value>;
@group(0) @binding(6) var<uniform> params: Params;
override MASK: u32 = 0u;

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
  let sample = group.x + group.y * groups.x;
  if (sample >= params.samples) { return; }
  let values = params.elements * params.cells;
  var sum = vec2f();
  for (var e = lane; e < values; e += 64u) {
    sum += weight(sample, e) * vec2f(f32(params.lanes), sum_of(x[sample * values + e]));
  }
  sum = workgroup_sum(lane, sum);
  let mean = select(0.0, sum.y / sum.x, sum.x > 0.0);
  var squares = 0.0;
  for (var e = lane; e < values; e += 64u) {
    let d = x[sample * values + e] - mean;
    squares += weight(sample, e) * sum_of(d * d);
  }
  squares = workgroup_sum(lane, vec2f(squares, 0.0)).x;
  if (lane == 0u) { statistics[sample] = vec4f(sum.x, mean, squares, 0.0); }
  let factor = factor_of(sum.x, squares);
  for (var e = lane; e < values; e += 64u) {
    let i = sample * values + e;
    let column = e % params.cells;
    y[i] = scale[column] * ((x[i] - mean) * factor) + shift[column];
  }
}
