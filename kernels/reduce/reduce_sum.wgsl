// Sum of a map over n values in a fixed order. One workgroup: one partial sum; run again over the partials.
struct Params { n: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override MAP: u32 = 0u;  // 0 x, 1 x*x, 2 x*y, 3 (x-y)^2

const THREADS = 256u;
alias Summand = f32;

fn value(i: u32) -> f32 {
  if (MAP == 1u) { return x[i] * x[i]; }
  if (MAP == 2u) { return x[i] * y[i]; }
  if (MAP == 3u) { let d = x[i] - y[i]; return d * d; }
  return x[i];
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  var sum = 0.0;
  for (var i = group.x * 256u + lane; i < params.n; i += groups.x * 256u) { sum += value(i); }
  sum = workgroup_sum(lane, sum);
  if (lane == 0u) { partial[group.x] = params.scale * sum; }
}
