// Adds up the parts of split rows, `width` numbers a row, into columns of wider rows. One thread: one number of one row.
struct Params { merges: u32, width: u32, row: u32, column: u32 }
@group(0) @binding(0) var<storage, read> merges: array<vec4u>;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.merges * params.width) { return; }
  let column = thread % params.width;
  let row = merges[thread / params.width];
  if (row.x == 0xffffffffu) { return; }
  var sum = 0.0;
  for (var k = 0u; k < row.z; k++) { sum += part[(row.y + k) * params.width + column]; }
  sums[row.x * params.row + params.column + column] = sum;
}
