// flag[0] = 1 if any of n values is NaN or infinite. By the exponent bits: a driver may assume that NaN does not occur.
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> flag: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i < params.n && (values[i] & 0x7f800000u) == 0x7f800000u) { atomicOr(&flag[0], 1u); }
}
