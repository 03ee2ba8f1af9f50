// db = sum dq, dc = sum ds, and dw = sum ds - 2 sum R1, since tanh = 1 - 2 r: the second stage. One thread: one channel.
struct Params { depth: u32, chunks: u32 }
@group(0) @binding(0) var<storage, read> partial: array<f32>;  // [chunks, 2 depth + 1]
@group(0) @binding(1) var<storage, read_write> dbias: array<f32>;
@group(0) @binding(2) var<storage, read_write> dvector: array<f32>;
@group(0) @binding(3) var<storage, read_write> doffset: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.depth) { return; }
  var bias = 0.0;
  var r = 0.0;
  var score = 0.0;
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    let at = chunk * (2u * params.depth + 1u);
    bias += partial[at + c];
    r += partial[at + params.depth + c];
    score += partial[at + 2u * params.depth];
  }
  dbias[c] = bias;
  dvector[c] = score - 2.0 * r;
  if (c == 0u) { doffset[0] = score; }
}
