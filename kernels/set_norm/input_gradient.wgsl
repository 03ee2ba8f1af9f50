// dx = r g - m r / M sum(g) - m c (x - mean) sum(g (x - mean)), g = scale dy, r the factor and M the values counted;
// c = 2 r^2 / M where r = 1 / (v + eps), r^3 / M where r = 1 / sqrt(v + eps) (badger.md 2.4). One thread: one Value.
struct Params { samples: u32, elements: u32, cells: u32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> scale: array<Value>;
@group(0) @binding(2) var<storage, read> mask: array<f32>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(4) var<storage, read> sums: array<vec2f>;
@group(0) @binding(5) var<storage, read> dy: array<Value>;
@group(0) @binding(6) var<storage, read_write> dx: array<Value>;
@group(0) @binding(7) var<storage, read> plus: array<Value>;
@group(0) @binding(8) var<uniform> params: Params;
override MASK: u32 = 0u;
override KIND: u32 = 0u;
override ADD: u32 = 0u;   // 1: add to what dx holds
override PLUS: u32 = 0u;  // 1: add plus, laid out like dx

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.samples * params.elements * params.cells) { return; }
  let sample = i / (params.elements * params.cells);
  let of_sample = statistics[sample];
  let r = of_sample.y;
  var m = 1.0;
  if (MASK == 1u) { m = mask[i / params.cells]; }
  m /= max(of_sample.z, 1.0);
  var c = 2.0 * r * r;
  if (KIND == 1u) { c = r * r * r; }
  let g = scale[i % params.cells] * dy[i];
  var value = r * g - m * r * sums[sample].x - (m * c * sums[sample].y) * (x[i] - of_sample.x);
  if (ADD == 1u) { value += dx[i]; }
  if (PLUS == 1u) { value += plus[i]; }
  dx[i] = value;
}
