// Tables side by side, up to three of them: y[r, to..] = x0[r], x1[r], x2[r]. One thread an element. A line with the mark @p stands
// here once a table (columns.ts writes them out).
struct Params { rows: u32, width: u32, y_row: u32, y_to: u32, w0: u32, w1: u32, w2: u32, r0: u32, r1: u32, r2: u32 }
@group(0) @binding(@p) var<storage, read> x@p: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  var column = i % params.width;
  let at = row * params.y_row + params.y_to + column;
  if (column < params.w@p) { y[at] = x@p[row * params.r@p + column]; return; } column -= params.w@p;
}
