// y[r, o] = bias[o] + sum of weight[o, k] over the bits k set in row r, which starts and bits list; then a ReLU and dropout, if any.
// One thread: one output of one row; about 12 loads where the dense product needs 1024 (badger.md 6, item 9).
struct Params { rows: u32, out: u32, bits: u32, site: u32, rate: f32 }
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> set_bits: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override BIAS: u32 = 0u;
override RELU: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.out) { return; }
  let row = i / params.out;
  let o = i % params.out;
  var sum = 0.0;
  for (var k = starts[row]; k < starts[row + 1u]; k++) { sum += weight[o * params.bits + set_bits[k]]; }
  if (BIAS == 1u) { sum += bias[o]; }
  if (RELU == 1u) { sum = relu(sum); }
  y[i] = kept(i, sum);
}
