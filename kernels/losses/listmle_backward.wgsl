// Derivative of ListMLE: for the entry at rank k, sum over ranks up to k of e^(p - tail) - 1, the sum kept as a
// logarithm so that no factor overflows. One workgroup: one row; one thread: a stretch of ranks.
struct Params { rows: u32, width: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> prediction: array<f32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> tails: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

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
  for (var k = first; k < end; k++) { own = join(own, vec2f(-tails[start + k], 1.0)); }
  var head = scan_before(lane, own);
  for (var k = first; k < end; k++) {
    head = join(head, vec2f(-tails[start + k], 1.0));
    let i = start + order[start + k];
    dx[i] = dy[0] * params.scale * (exp(prediction[i] + log_sum(head)) - 1.0);
  }
}
