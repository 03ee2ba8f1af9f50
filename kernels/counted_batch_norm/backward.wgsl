// dx of the counted batch norm and its ReLU; rows past the count get zero. One workgroup: one column.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> count: array<u32>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override TRAIN: u32 = 1u;
override RELU: u32 = 0u;

const THREADS = 128u;
alias Summand = vec2f;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = group.x;
  let used = min(count[0], params.rows);
  let mean = statistics[column].x;
  let inverse = statistics[column].y;
  var sum = vec2f();
  for (var row = lane; row < used; row += 128u) {
    let at = row * params.width + column;
    let z = (x[at] - mean) * inverse;
    var d = dy[at];
    if (RELU == 1u && z <= 0.0) { d = 0.0; }
    sum += vec2f(d, d * z);
  }
  let means = workgroup_sum(lane, sum) / f32(max(used, 1u));
  for (var row = lane; row < params.rows; row += 128u) {
    let at = row * params.width + column;
    var value = 0.0;
    if (row < used) {
      let z = (x[at] - mean) * inverse;
      var d = dy[at];
      if (RELU == 1u && z <= 0.0) { d = 0.0; }
      if (TRAIN == 1u) { d -= means.x + z * means.y; }
      value = inverse * d;
    }
    dx[at] = value;
  }
}
