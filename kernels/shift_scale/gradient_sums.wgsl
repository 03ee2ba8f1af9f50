// What the gradients of both scalars need: sums of dy (x + shift) and of dy, by threads. One thread: every `threads`th element.
struct Params { n: u32, threads: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> shift: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec2f>;  // [threads]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.threads) { return; }
  var sums = vec2f();
  for (var i = id.x; i < params.n; i += params.threads) { sums += dy[i] * vec2f(x[i] + shift[0], 1.0); }
  partial[id.x] = sums;
}
