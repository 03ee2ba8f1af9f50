// Key mask and query mask in one buffer, so that the backward passes stay within eight; a mask that is not given is ones.
struct Params { keys: u32, queries: u32 }  // elements of each mask
@group(0) @binding(0) var<storage, read> key_mask: array<f32>;
@group(0) @binding(1) var<storage, read> query_mask: array<f32>;
@group(0) @binding(2) var<storage, read_write> masks: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
override KEY_MASK: u32 = 0u;
override QUERY_MASK: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.keys + params.queries) { return; }
  var value = 1.0;
  if (i < params.keys) {
    if (KEY_MASK == 1u) { value = key_mask[i]; }
  } else if (QUERY_MASK == 1u) {
    value = query_mask[i - params.keys];
  }
  masks[i] = value;
}
