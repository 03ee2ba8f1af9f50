// Sums of squares over chunks of 16,384 gradients: as they are, and of 2^-96 times each. The square of a finite gradient
// overflows from 1.8e19 on, the second sum never. One workgroup: one chunk.
struct Params { n: u32, chunks: u32, first: u32 }
@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read_write> squares: array<vec2f>;
@group(0) @binding(2) var<uniform> params: Params;

const THREADS = 64u;
alias Summand = vec2f;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let chunk = group.x + group.y * groups.x;
  if (chunk >= params.chunks) { return; }
  var sum = vec2f();
  let end = min(16384u * (chunk + 1u), params.n);
  for (var i = 16384u * chunk + lane; i < end; i += 64u) {
    let g = gradient[i];
    let small = SMALL * g;
    sum += vec2f(g * g, small * small);
  }
  let total = workgroup_sum(lane, sum);
  if (lane == 0u) { squares[params.first + chunk] = total; }
}
