// One row of ListMLE: with the entries in descending order of the label, sum over k of ln(sum from k on of e^p) - p_k,
// times scale. One workgroup: one row; one thread: a stretch of ranks, joined to the stretches after it by a scan.
// Kept for the derivative: ln(sum from rank k on).
struct Params { rows: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> row_losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> tails: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) { return; }
  let start = row * params.width;
  let stretch = (params.width + 127u) / 128u;
  let first = min(lane * stretch, params.width);
  let end = min(first + stretch, params.width);
  var own = no_terms;
  for (var k = first; k < end; k++) { own = join(own, vec2f(prediction[start + order[start + k]], 1.0)); }
  var tail = scan_before(127u - lane, own);
  var sum = 0.0;
  for (var k = end; k > first; k--) {
    let p = prediction[start + order[start + k - 1u]];
    tail = join(tail, vec2f(p, 1.0));
    let whole = log_sum(tail);
    tails[start + k - 1u] = whole;
    sum += whole - p;
  }
  let total = workgroup_sum(lane, vec4f(sum, 0.0, 0.0, 0.0));
  if (lane == 0u) { row_losses[row] = params.scale * total.x; }
}
