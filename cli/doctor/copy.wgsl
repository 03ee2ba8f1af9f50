// target = source: one vec4f read and one written, nothing computed, so its rate is that of the memory.
// One thread owns every `threads`-th vec4f, so that few groups serve any length within the dispatch limit.

@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> destination: array<vec4f>;
@group(0) @binding(2) var<uniform> count: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let threads = groups.x * 256u;
  for (var i = id.x; i < count; i += threads) {
    destination[i] = source[i];
  }
}
