// Two-class scores from attention weights [heads, samples, queries, keys]: the mean over heads of the last key's weight
// (the pseudo token) and of the sum of all others. One thread: one (sample, query).
struct Params { heads: u32, rows: u32, keys: u32, stride: u32 }  // rows = samples * queries
@group(0) @binding(0) var<storage, read> attention: array<f32>;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 64u;
  if (row >= params.rows) { return; }
  var sums = vec2f();
  for (var head = 0u; head < params.heads; head++) {
    let start = (head * params.rows + row) * params.stride;
    for (var key = 0u; key + 1u < params.keys; key++) { sums.y += attention[start + key]; }
    sums.x += attention[start + params.keys - 1u];
  }
  scores[2u * row] = sums.x / f32(params.heads);
  scores[2u * row + 1u] = sums.y / f32(params.heads);
}
