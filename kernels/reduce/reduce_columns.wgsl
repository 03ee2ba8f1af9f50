// Column sums of a map over a chunk of rows. One thread: one column of one chunk; run again over the chunks' sums.
struct Params { rows: u32, columns: u32, chunk: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let first = id.y * params.chunk;
  if (column >= params.columns) { return; }
  var sum = 0.0;
  for (var row = first; row < min(first + params.chunk, params.rows); row++) {
    sum += x[row * params.columns + column];
  }
  sums[id.y * params.columns + column] = sum;
}
