// The sums of pathway_terms.wgsl by parts. One workgroup: one pair of partial sums.
struct Params { rows: u32 }
@group(0) @binding(3) var<storage, read_write> partial_sums: array<vec2f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let total = workgroup_sum(lane, terms(group.x * 128u + lane, groups.x * 128u));
  if (lane == 0u) { partial_sums[group.x] = total.xy; }
}
