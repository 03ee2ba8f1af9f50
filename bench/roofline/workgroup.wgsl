// Workgroup memory only: every round each invocation reads a quad that another wrote, and writes one back.
struct Params { rounds: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
var<workgroup> tile: array<vec4f, 256>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  for (var k = 0u; k < 4u; k++) { tile[lane + 64u * k] = vec4f(f32(id.x + k)); }
  workgroupBarrier();
  var sum = vec4f(0.0);
  for (var round = 0u; round < params.rounds; round++) {
    let at = (lane + round) & 63u;
    sum += tile[at] + tile[at + 64u] + tile[at + 128u] + tile[at + 192u];
  }
  y[id.x] = sum.x + sum.y + sum.z + sum.w;
}
