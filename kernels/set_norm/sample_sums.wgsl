// The second stage: gradients of scale and shift of each sample, and the sums over it of g and g (x - mean), g = scale dy.
// One workgroup of 64 threads: one sample.
struct Params { cells: u32, chunks: u32, samples: u32 }
@group(0) @binding(0) var<storage, read> partial: array<Value>;
@group(0) @binding(1) var<storage, read> scale: array<Value>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dscale: array<Value>;  // [samples, cells]
@group(0) @binding(4) var<storage, read_write> dshift: array<Value>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec2f>;    // [samples]
@group(0) @binding(6) var<uniform> params: Params;
const THREADS = 64u;
alias Summand = vec2f;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let sample = group.x + group.y * groups.x;
  if (sample >= params.samples) { return; }
  let factor = statistics[sample].y;
  var sum = vec2f();
  for (var column = lane; column < params.cells; column += 64u) {
    var plain = Value();
    var moment = Value();
    for (var c = 0u; c < params.chunks; c++) {
      let at = (sample * params.chunks + c) * 2u * params.cells + column;
      plain += partial[at];
      moment += partial[at + params.cells];
    }
    dshift[sample * params.cells + column] = plain;
    dscale[sample * params.cells + column] = moment * factor;
    sum += vec2f(sum_of(scale[column] * plain), sum_of(scale[column] * moment));
  }
  sum = workgroup_sum(lane, sum);
  if (lane == 0u) { sums[sample] = sum; }
}
