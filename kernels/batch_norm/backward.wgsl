// dx, dscale, dshift of BatchNorm1d. One thread: one column. In training mean and variance depend on x;
// in evaluation they are constants.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<storage, read_write> dscale: array<f32>;
@group(0) @binding(6) var<storage, read_write> dshift: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

override TRAIN: u32 = 1u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= params.width) { return; }
  let mean = statistics[column].x;
  let inverse = statistics[column].y;
  var sums = vec2f();
  for (var row = 0u; row < params.rows; row++) {
    let at = row * params.width + column;
    sums += vec2f(dy[at] * (x[at] - mean) * inverse, dy[at]);
  }
  dscale[column] = sums.x;
  dshift[column] = sums.y;
  let rows = f32(params.rows);
  for (var row = 0u; row < params.rows; row++) {
    let at = row * params.width + column;
    var d = dy[at];
    if (TRAIN == 1u) { d -= (sums.y + (x[at] - mean) * inverse * sums.x) / rows; }
    dx[at] = scale[column] * inverse * d;
  }
}
