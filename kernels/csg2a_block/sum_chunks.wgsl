// zt[target + i] = sum over chunks of partial[chunk][i]. One thread: one quad of one sample.
struct Params { count: u32, chunks: u32, start: u32 }
@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> zt: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.count) { return; }
  var sum = vec4f();
  for (var chunk = 0u; chunk < params.chunks; chunk++) { sum += partial[chunk * params.count + id.x]; }
  zt[params.start + id.x] = sum;
}
