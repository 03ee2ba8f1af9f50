// Sum of a map over n values for software adapters, where barriers are dear. One thread: one chunk of consecutive
// values, one partial sum; run again, with one chunk, over the partial sums. Same bindings as reduce_sum.wgsl.
struct Params { n: u32, chunk: u32, partials: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override MAP: u32 = 0u;  // 0 x, 1 x*x, 2 x*y, 3 (x-y)^2

fn value(i: u32) -> f32 {
  if (MAP == 1u) { return x[i] * x[i]; }
  if (MAP == 2u) { return x[i] * y[i]; }
  if (MAP == 3u) { let d = x[i] - y[i]; return d * d; }
  return x[i];
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.partials) { return; }
  let first = id.x * params.chunk;
  // Four sums in turn: long chunks then lose fewer digits.
  var sums = vec4f();
  let end = min(first + params.chunk, params.n);
  for (var i = first; i < end; i++) { sums = vec4f(sums.y, sums.z, sums.w, sums.x + value(i)); }
  partial[id.x] = params.scale * (sums.x + sums.y + sums.z + sums.w);
}
