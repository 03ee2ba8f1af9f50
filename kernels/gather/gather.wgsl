// y[r] = x[index[r]] for rows of `width`. Index 0xffffffff is nowhere and gives zeros; any other that is no row of x gives NaN, so
// that a wrong one shows. One thread an element.
struct Params { rows: u32, sources: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = index[i / params.width];
  var value = 0.0;
  if (row < params.sources) {
    value = x[row * params.width + i % params.width];
  } else if (row != 0xffffffffu) {
    value = bitcast<f32>(0x7fc00000u | row);
  }
  y[i] = value;
}
