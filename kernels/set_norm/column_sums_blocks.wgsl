// column_sums.wgsl for GPUs, which leaves nothing for a second stage of a sample to do: gradients of scale and shift over a chunk of a
// sample's elements, and the sums over it of g and g (x - mean), g = scale dy. One workgroup of 64 threads: one chunk.
struct Params { elements: u32, cells: u32, chunk: u32, chunks: u32, samples: u32, parts: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> dy: array<Value>;
@group(0) @binding(2) var<storage, read> scale: array<Value>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;    // [samples, parts]
@group(0) @binding(4) var<storage, read_write> dscale: array<Value>;  // [samples, chunks, cells]
@group(0) @binding(5) var<storage, read_write> dshift: array<Value>;
@group(0) @binding(6) var<storage, read_write> sums: array<vec2f>;    // [samples, chunks]
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let part = group.x + group.y * groups.x;
  if (part >= params.samples * params.chunks) { return; }
  let sample = part / params.chunks;
  let of_sample = statistics_of(sample, lane);
  let first = part % params.chunks * params.chunk;
  let end = min(first + params.chunk, params.elements);
  var sum = vec2f();
  for (var column = lane; column < params.cells; column += 64u) {
    var plain = Value();
    var moment = Value();
    for (var e = first; e < end; e++) {
      let i = (sample * params.elements + e) * params.cells + column;
      plain += dy[i];
      moment += dy[i] * (x[i] - of_sample.x);
    }
    dshift[part * params.cells + column] = plain;
    dscale[part * params.cells + column] = moment * of_sample.y;
    sum += vec2f(sum_of(scale[column] * plain), sum_of(scale[column] * moment));
  }
  sum = workgroup_sum(lane, sum);
  if (lane == 0u) { sums[part] = sum; }
}
