// Adds up the parts of split rows, which lie behind the rows of the same array, `width` quads a row. One thread: one quad of one row.
struct Params { merges: u32, width: u32, parts_at: u32 }
@group(0) @binding(0) var<storage, read> merges: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= params.merges * params.width) { return; }
  let row = merges[thread / params.width];
  if (row.x == 0xffffffffu) { return; }
  var sum = vec4f();
  for (var k = 0u; k < row.z; k++) { sum += sums[params.parts_at + (row.y + k) * params.width + thread % params.width]; }
  sums[row.x * params.width + thread % params.width] = sum;
}
