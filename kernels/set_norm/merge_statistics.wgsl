// Merges the chunks of a sample, in order and pair by pair. One thread: one sample; the chunks are few.
// Divides by the variance (KIND 0, as released) or the standard deviation (KIND 1). A set without a member has factor 0.
struct Params { samples: u32, chunks: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>;  // mean, factor, values counted, variance
@group(0) @binding(2) var<uniform> params: Params;
override KIND: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let sample = id.x + id.y * groups.x * 64u;
  if (sample >= params.samples) { return; }
  var count = 0.0;
  var mean = 0.0;
  var squares = 0.0;
  for (var c = 0u; c < params.chunks; c++) {
    let next = partial[sample * params.chunks + c];
    if (next.x > 0.0) {
      let sum = count + next.x;
      let gap = next.y - mean;
      mean += gap * next.x / sum;
      squares += next.z + gap * gap * count * next.x / sum;
      count = sum;
    }
  }
  let variance = select(0.0, squares / count, count > 0.0);
  let spread = variance + params.epsilon;
  var factor = 1.0 / spread;
  if (KIND == 1u) { factor = inverseSqrt(spread); }
  statistics[sample] = vec4f(mean, select(0.0, factor, count > 0.0), count, variance);
}
