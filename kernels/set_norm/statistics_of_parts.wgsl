// What a sample is normalised by, merged from its parts (partial_statistics.wgsl) by a workgroup of 64 threads that works on one
// sample, instead of by a dispatch of its own: mean, factor, values counted. Every thread must call. KIND and the set without a
// member as in merge_statistics.wgsl.
const THREADS = 64u;
alias Summand = vec2f;
override KIND: u32 = 0u;

fn statistics_of(sample: u32, lane: u32) -> vec3f {
  let first = sample * params.parts;
  var sum = vec2f();
  for (var p = lane; p < params.parts; p += 64u) {
    let part = statistics[first + p];
    sum += part.x * vec2f(1.0, part.y);
  }
  sum = workgroup_sum(lane, sum);
  let count = sum.x;
  let mean = select(0.0, sum.y / count, count > 0.0);
  var squares = 0.0;
  for (var p = lane; p < params.parts; p += 64u) {
    let part = statistics[first + p];
    let gap = part.y - mean;
    squares += part.z + part.x * gap * gap;
  }
  squares = workgroup_sum(lane, vec2f(squares, 0.0)).x;
  return vec3f(mean, factor_of(count, squares), count);
}

fn factor_of(count: f32, squares: f32) -> f32 {
  let spread = select(0.0, squares / count, count > 0.0) + params.epsilon;
  var factor = 1.0 / spread;
  if (KIND == 1u) { factor = inverseSqrt(spread); }
  return select(0.0, factor, count > 0.0);
}
