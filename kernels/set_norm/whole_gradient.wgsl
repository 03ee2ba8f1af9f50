// All gradients of a set in one go, for GPUs and sets of one chunk: column_sums_blocks.wgsl, then input_gradient_blocks.wgsl. One
// workgroup of 64 threads: one sample.
struct Params { samples: u32, elements: u32, cells: u32, parts: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> scale: array<Value>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>;    // [samples, parts]
@group(0) @binding(3) var<storage, read_write> dscale: array<Value>;  // [samples, cells]
@group(0) @binding(4) var<storage, read> dy: array<Value>;
@group(0) @binding(5) var<storage, read_write> dx: array<Value>;
@group(0) @binding(7) var<storage, read_write> dshift: array<Value>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let sample = group.x + group.y * groups.x;
  if (sample >= params.samples) { return; }
  let of_sample = statistics_of(sample, lane);
  let first = sample * params.elements * params.cells;
  var sum = vec2f();
  for (var column = lane; column < params.cells; column += 64u) {
    var plain = Value();
    var moment = Value();
    for (var e = 0u; e < params.elements; e++) {
      let i = first + e * params.cells + column;
      plain += dy[i];
      moment += dy[i] * (x[i] - of_sample.x);
    }
    dshift[sample * params.cells + column] = plain;
    dscale[sample * params.cells + column] = moment * of_sample.y;
    sum += vec2f(sum_of(scale[column] * plain), sum_of(scale[column] * moment));
  }
  sum = workgroup_sum(lane, sum);
  for (var e = lane; e < params.elements * params.cells; e += 64u) { store_gradient(first + e, of_sample, sum); }
}
