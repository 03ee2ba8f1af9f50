// dweight[o, k] = sum of dy[r, o] over the rows r whose bit k is set, ascending; zero for bits that no row has.
// One thread an element of dweight.
struct Params { rows: u32, out: u32, bits: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> set_rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> dweight: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.out * params.bits) { return; }
  let o = i / params.bits;
  let bit = i % params.bits;
  var sum = 0.0;
  for (var k = row_starts[bit]; k < row_starts[bit + 1u]; k++) { sum += dy[set_rows[k] * params.out + o]; }
  dweight[i] = sum;
}
