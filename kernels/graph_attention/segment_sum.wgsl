// Sums of a number an edge and head over rows of edges: by destination, or through a list of slots by relation. A value is the last of
// `stride` words of its edge and head. One thread: one head of one work item.
struct Params { items: u32, items_at: u32, all_heads: u32, first_head: u32, stride: u32 }
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> values: array<VALUE>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> part: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = unfold(id, groups, 64u);
  if (thread >= params.items * HEADS) { return; }
  let h = thread % HEADS;
  let at = params.items_at + 4u * (thread / HEADS);
  let row = index[at];
  if (row == NO_ROW) { return; }
  let end = index[at + 2u];
  let split = index[at + 3u];
  var sum = 0.0;
  for (var e = index[at + 1u]; e < end; e++) {
    var slot = e;
    if (INDIRECT == 1u) { slot = index[e]; }
    sum += bitcast<f32>(values[(slot * HEADS + h) * params.stride + params.stride - 1u]);
  }
  if (split == 0u) { sums[row * params.all_heads + params.first_head + h] = sum; }
  else { part[(split - 1u) * HEADS + h] = sum; }
}
