// Reads only: every invocation sums quads a grid apart, so that neighbours read neighbours.
struct Params { quads: u32, threads: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f(0.0);
  for (var i = id.x; i < params.quads; i += params.threads) { sum += x[i]; }
  y[id.x] = sum.x + sum.y + sum.z + sum.w;
}
