// Fills n words with the bits of a NaN: memory that a plan has not written yet, where tests look for reads of it.
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read_write> into: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i < params.n) { into[i] = 0x7fc0deadu; }
}
