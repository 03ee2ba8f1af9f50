// Ratio of the two sums, times the loss's weight; the mask's is kept. One workgroup in all; `rows` of the parts, or of a small batch itself.
struct Params { rows: u32, weight: f32 }
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<storage, read_write> count: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(128)
fn main(@builtin(local_invocation_index) lane: u32) {
  let total = workgroup_sum(lane, terms(lane, 128u));
  if (lane != 0u) { return; }
  count[0] = max(total.y, 1e-10);
  loss[0] = params.weight * total.x / max(total.y, 1e-10);
}
