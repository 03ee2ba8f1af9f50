// dw = sum ds - 2 sum R1, since tanh = 1 - 2 r. One thread: one channel.
struct Params { depth: u32 }
@group(0) @binding(0) var<storage, read> score_sum: array<f32>;  // sum of ds
@group(0) @binding(1) var<storage, read> r_sums: array<f32>;     // [depth]
@group(0) @binding(2) var<storage, read_write> dvector: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < params.depth) { dvector[id.x] = score_sum[0] - 2.0 * r_sums[id.x]; }
}
