// The six weights [out, row] as one table [degree][row][out in quads], zeros beyond out, so that one binding holds them
// and a thread reads four outputs at once. One thread: one quad of all six.
struct Params { out: u32, quads: u32, row: u32 }
@group(0) @binding(0) var<storage, read> degree0: array<f32>;
@group(0) @binding(1) var<storage, read> degree1: array<f32>;
@group(0) @binding(2) var<storage, read> degree2: array<f32>;
@group(0) @binding(3) var<storage, read> degree3: array<f32>;
@group(0) @binding(4) var<storage, read> degree4: array<f32>;
@group(0) @binding(5) var<storage, read> degree5: array<f32>;
@group(0) @binding(6) var<storage, read_write> table: array<vec4f>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let stride = params.row * params.quads;
  if (id.x >= stride) { return; }
  let column = id.x / params.quads;
  let first = id.x % params.quads * 4u;
  var w: array<vec4f, 6>;
  for (var k = 0u; k < 4u; k++) {
    if (first + k < params.out) {
      let at = (first + k) * params.row + column;
      w[0][k] = degree0[at];
      w[1][k] = degree1[at];
      w[2][k] = degree2[at];
      w[3][k] = degree3[at];
      w[4][k] = degree4[at];
      w[5][k] = degree5[at];
    }
  }
  for (var degree = 0u; degree < 6u; degree++) { table[degree * stride + id.x] = w[degree]; }
}
