// The packed table's gradient to the six weights [out, row]. One thread: one element of all six.
struct Params { out: u32, quads: u32, row: u32 }
@group(0) @binding(0) var<storage, read> table: array<f32>;
@group(0) @binding(1) var<storage, read_write> degree0: array<f32>;
@group(0) @binding(2) var<storage, read_write> degree1: array<f32>;
@group(0) @binding(3) var<storage, read_write> degree2: array<f32>;
@group(0) @binding(4) var<storage, read_write> degree3: array<f32>;
@group(0) @binding(5) var<storage, read_write> degree4: array<f32>;
@group(0) @binding(6) var<storage, read_write> degree5: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.out * params.row) { return; }
  let stride = params.row * params.quads * 4u;
  let at = id.x % params.row * params.quads * 4u + id.x / params.row;
  degree0[id.x] = table[at];
  degree1[id.x] = table[stride + at];
  degree2[id.x] = table[2u * stride + at];
  degree3[id.x] = table[3u * stride + at];
  degree4[id.x] = table[4u * stride + at];
  degree5[id.x] = table[5u * stride + at];
}
