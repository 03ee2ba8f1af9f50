// dx, dscale and dshift of BatchNorm1d with what stands behind it; rows that do not count get zero. In training mean and variance depend on
// x, in evaluation they are constants. One thread: one column of one chunk of rows, like forward.wgsl.
struct Params { rows: u32, width: u32, chunk: u32, chunks: u32, keep: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read> partial: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override TRAIN: u32 = 1u;

fn sums_of_batch(column: u32) -> vec2f {
  if (params.chunks == 1u) { return sums_of(0u, column); }
  var sums = vec2f();
  for (var chunk = 0u; chunk < params.chunks; chunk++) { sums += partial[chunk * params.width + column]; }
  return sums;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.width * params.chunks) { return; }
  let column = i % params.width;
  let chunk = i / params.width;
  let sums = sums_of_batch(column);
  if (chunk == 0u) { store_sums(column, sums); }
  let used = rows_used();
  let means = sums / f32(max(used, 1u));
  let end = min((chunk + 1u) * params.chunk, params.rows);
  for (var row = chunk * params.chunk; row < end; row++) {
    let at = row * params.width + column;
    var value = 0.0;
    if (row < used) {
      let entry = entry_at(at, column);
      var d = entry.d;
      if (TRAIN == 1u) { d -= means.y + entry.z * means.x; }
      value = statistics[column].z * statistics[column].y * d;
    }
    dx[at] = value;
  }
}
