// GATv2 backward, destinations: R = sum of dz leakyRelu'(w) over the edges that come in, read from their records alone: no gather.
// [destinations][HEADS][QUADS], then the parts. One thread: SPAN quads of one head of one work item.
struct Params { items: u32, items_at: u32, parts_at: u32, slope: f32 }
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> kept: array<u32>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = unfold(id, groups, 64u);
  let spans = QUADS / SPAN;
  if (thread >= params.items * HEADS * spans) { return; }
  let q = thread % spans * SPAN;
  let h = thread / spans % HEADS;
  let at = params.items_at + 4u * (thread / spans / HEADS);
  let row = index[at];
  if (row == NO_ROW) { return; }
  let end = index[at + 2u];
  let split = index[at + 3u];
  var sum@s = vec4f();
  for (var e = index[at + 1u]; e < end; e++) {
    let record = (e * HEADS + h) * RECORD;
    let dz = bitcast<f32>(kept[record + WORDS]);
    sum@s += dz * slopes(kept[record + (q + @su) / 8u] >> (4u * ((q + @su) % 8u)), params.slope);
  }
  var to = (row * HEADS + h) * QUADS + q;
  if (split != 0u) { to = params.parts_at + ((split - 1u) * HEADS + h) * QUADS + q; }
  sums[to + @su] = sum@s;
}
