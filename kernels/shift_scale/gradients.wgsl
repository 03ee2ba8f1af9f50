// dscale = sum of dy (x + shift), dshift = scale times the sum of dy. One workgroup of 64 threads.
struct Params { threads: u32 }
@group(0) @binding(0) var<storage, read> partial: array<vec2f>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read_write> dscale: array<f32>;
@group(0) @binding(3) var<storage, read_write> dshift: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
const THREADS = 64u;
alias Summand = vec2f;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sums = vec2f();
  for (var i = lane; i < params.threads; i += 64u) { sums += partial[i]; }
  sums = workgroup_sum(lane, sums);
  if (lane != 0u) { return; }
  dscale[0] = sums.x;
  dshift[0] = scale[0] * sums.y;
}
