// Derivative of the pathway loss with respect to both scores. One thread: one (sample, pathway).
struct Params { rows: u32, weight: f32 }
@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> mask: array<f32>;
@group(0) @binding(3) var<storage, read> count: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows) { return; }
  let label = min(labels[i], 1u);
  let weight = select(1.0, 10.0, label == 1u);
  var slope = 0.0;
  if (mask[i] != 0.0) { slope = -dy[0] * params.weight * mask[i] * weight / ((scores[2u * i + label] + 0.1) * count[0]); }
  dx[2u * i] = select(0.0, slope, label == 0u);
  dx[2u * i + 1u] = select(0.0, slope, label == 1u);
}
