// C = A B for square matrices whose size is a multiple of 32.
// One thread owns a 4 x 4 block of C: 8 vec4f loads for 16 products of vec4f, which is what makes it bound by
// arithmetic rather than by memory, on a GPU and on a software driver alike (kernel-sketches.md).

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(3) var<uniform> size: u32;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let quarter = size / 4u;
  let row = id.y * 4u;
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k = 0u; k < quarter; k++) {
    let a0 = a[(row + 0u) * quarter + k];
    let a1 = a[(row + 1u) * quarter + k];
    let a2 = a[(row + 2u) * quarter + k];
    let a3 = a[(row + 3u) * quarter + k];
    let b0 = b[(4u * k + 0u) * quarter + id.x];
    let b1 = b[(4u * k + 1u) * quarter + id.x];
    let b2 = b[(4u * k + 2u) * quarter + id.x];
    let b3 = b[(4u * k + 3u) * quarter + id.x];
    sum0 += a0.x * b0 + a0.y * b1 + a0.z * b2 + a0.w * b3;
    sum1 += a1.x * b0 + a1.y * b1 + a1.z * b2 + a1.w * b3;
    sum2 += a2.x * b0 + a2.y * b1 + a2.z * b2 + a2.w * b3;
    sum3 += a3.x * b0 + a3.y * b1 + a3.z * b2 + a3.w * b3;
  }
  c[(row + 0u) * quarter + id.x] = sum0;
  c[(row + 1u) * quarter + id.x] = sum1;
  c[(row + 2u) * quarter + id.x] = sum2;
  c[(row + 3u) * quarter + id.x] = sum3;
}
