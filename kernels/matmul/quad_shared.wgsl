// Beside the ladder: step 3 with the loads of A shared by quads of neighbouring threads. One workgroup of 64 threads: 64 x 64
// outputs. The four threads of a quad own the same 8 rows; each loads two of them, 4 steps of K at a time, and broadcasts them.
// One thread: 8 x 8 outputs, its columns 4 apart, so that a quad loads and stores neighbours. 40 loads serve 256 multiply-adds.
// That threads 4i to 4i + 3 of a one-dimensional workgroup are a quad is asked of every device (engine/quads.wgsl).
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = tile_of(group, groups, 64u, 64u);
  if (past_end(tile)) { return; }
  let z = tile.z;
  let end = k_end(z);
  let part = lane % 4u;
  let row = tile.row + (lane / 4u) % 8u * 8u;
  let column = tile.column + lane / 32u * 32u + part;
  let a0 = a_begin(z);
  let b0 = b_begin(z);
  let a_low = a0 + min(row + part, params.m - 1u) * params.a_row;
  let a_high = a0 + min(row + part + 4u, params.m - 1u) * params.a_row;
  let b_0 = b0 + min(column + 0u, params.n - 1u) * params.b_column;
  let b_1 = b0 + min(column + 4u, params.n - 1u) * params.b_column;
  let b_2 = b0 + min(column + 8u, params.n - 1u) * params.b_column;
  let b_3 = b0 + min(column + 12u, params.n - 1u) * params.b_column;
  let b_4 = b0 + min(column + 16u, params.n - 1u) * params.b_column;
  let b_5 = b0 + min(column + 20u, params.n - 1u) * params.b_column;
  let b_6 = b0 + min(column + 24u, params.n - 1u) * params.b_column;
  let b_7 = b0 + min(column + 28u, params.n - 1u) * params.b_column;
  var c0_0 = vec4f(); var c0_1 = vec4f();
  var c1_0 = vec4f(); var c1_1 = vec4f();
  var c2_0 = vec4f(); var c2_1 = vec4f();
  var c3_0 = vec4f(); var c3_1 = vec4f();
  var c4_0 = vec4f(); var c4_1 = vec4f();
  var c5_0 = vec4f(); var c5_1 = vec4f();
  var c6_0 = vec4f(); var c6_1 = vec4f();
  var c7_0 = vec4f(); var c7_1 = vec4f();
  for (var k = k_begin(z); k < end; k += 4u) {
    let low = four(a_low, k, end);
    let high = four(a_high, k, end);
    let r0 = quadBroadcast(low, 0u);
    let r1 = quadBroadcast(low, 1u);
    let r2 = quadBroadcast(low, 2u);
    let r3 = quadBroadcast(low, 3u);
    let r4 = quadBroadcast(high, 0u);
    let r5 = quadBroadcast(high, 1u);
    let r6 = quadBroadcast(high, 2u);
    let r7 = quadBroadcast(high, 3u);
    let at0 = min(k + 0u, end - 1u) * params.b_row;
    let v0_0 = vec4f(b[b_0 + at0], b[b_1 + at0], b[b_2 + at0], b[b_3 + at0]);
    let v0_1 = vec4f(b[b_4 + at0], b[b_5 + at0], b[b_6 + at0], b[b_7 + at0]);
    c0_0 += r0[0] * v0_0; c0_1 += r0[0] * v0_1;
    c1_0 += r1[0] * v0_0; c1_1 += r1[0] * v0_1;
    c2_0 += r2[0] * v0_0; c2_1 += r2[0] * v0_1;
    c3_0 += r3[0] * v0_0; c3_1 += r3[0] * v0_1;
    c4_0 += r4[0] * v0_0; c4_1 += r4[0] * v0_1;
    c5_0 += r5[0] * v0_0; c5_1 += r5[0] * v0_1;
    c6_0 += r6[0] * v0_0; c6_1 += r6[0] * v0_1;
    c7_0 += r7[0] * v0_0; c7_1 += r7[0] * v0_1;
    let at1 = min(k + 1u, end - 1u) * params.b_row;
    let v1_0 = vec4f(b[b_0 + at1], b[b_1 + at1], b[b_2 + at1], b[b_3 + at1]);
    let v1_1 = vec4f(b[b_4 + at1], b[b_5 + at1], b[b_6 + at1], b[b_7 + at1]);
    c0_0 += r0[1] * v1_0; c0_1 += r0[1] * v1_1;
    c1_0 += r1[1] * v1_0; c1_1 += r1[1] * v1_1;
    c2_0 += r2[1] * v1_0; c2_1 += r2[1] * v1_1;
    c3_0 += r3[1] * v1_0; c3_1 += r3[1] * v1_1;
    c4_0 += r4[1] * v1_0; c4_1 += r4[1] * v1_1;
    c5_0 += r5[1] * v1_0; c5_1 += r5[1] * v1_1;
    c6_0 += r6[1] * v1_0; c6_1 += r6[1] * v1_1;
    c7_0 += r7[1] * v1_0; c7_1 += r7[1] * v1_1;
    let at2 = min(k + 2u, end - 1u) * params.b_row;
    let v2_0 = vec4f(b[b_0 + at2], b[b_1 + at2], b[b_2 + at2], b[b_3 + at2]);
    let v2_1 = vec4f(b[b_4 + at2], b[b_5 + at2], b[b_6 + at2], b[b_7 + at2]);
    c0_0 += r0[2] * v2_0; c0_1 += r0[2] * v2_1;
    c1_0 += r1[2] * v2_0; c1_1 += r1[2] * v2_1;
    c2_0 += r2[2] * v2_0; c2_1 += r2[2] * v2_1;
    c3_0 += r3[2] * v2_0; c3_1 += r3[2] * v2_1;
    c4_0 += r4[2] * v2_0; c4_1 += r4[2] * v2_1;
    c5_0 += r5[2] * v2_0; c5_1 += r5[2] * v2_1;
    c6_0 += r6[2] * v2_0; c6_1 += r6[2] * v2_1;
    c7_0 += r7[2] * v2_0; c7_1 += r7[2] * v2_1;
    let at3 = min(k + 3u, end - 1u) * params.b_row;
    let v3_0 = vec4f(b[b_0 + at3], b[b_1 + at3], b[b_2 + at3], b[b_3 + at3]);
    let v3_1 = vec4f(b[b_4 + at3], b[b_5 + at3], b[b_6 + at3], b[b_7 + at3]);
    c0_0 += r0[3] * v3_0; c0_1 += r0[3] * v3_1;
    c1_0 += r1[3] * v3_0; c1_1 += r1[3] * v3_1;
    c2_0 += r2[3] * v3_0; c2_1 += r2[3] * v3_1;
    c3_0 += r3[3] * v3_0; c3_1 += r3[3] * v3_1;
    c4_0 += r4[3] * v3_0; c4_1 += r4[3] * v3_1;
    c5_0 += r5[3] * v3_0; c5_1 += r5[3] * v3_1;
    c6_0 += r6[3] * v3_0; c6_1 += r6[3] * v3_1;
    c7_0 += r7[3] * v3_0; c7_1 += r7[3] * v3_1;
  }
  store4(z, row + 0u, column, c0_0); store4(z, row + 0u, column + 16u, c0_1);
  store4(z, row + 1u, column, c1_0); store4(z, row + 1u, column + 16u, c1_1);
  store4(z, row + 2u, column, c2_0); store4(z, row + 2u, column + 16u, c2_1);
  store4(z, row + 3u, column, c3_0); store4(z, row + 3u, column + 16u, c3_1);
  store4(z, row + 4u, column, c4_0); store4(z, row + 4u, column + 16u, c4_1);
  store4(z, row + 5u, column, c5_0); store4(z, row + 5u, column + 16u, c5_1);
  store4(z, row + 6u, column, c6_0); store4(z, row + 6u, column + 16u, c6_1);
  store4(z, row + 7u, column, c7_0); store4(z, row + 7u, column + 16u, c7_1);
}

// Four steps of K of a row of A, zero past the end.
fn four(start: u32, k: u32, end: u32) -> vec4f {
  let at = vec4u(k) + vec4u(0u, 1u, 2u, 3u);
  let from_a = vec4u(start) + min(at, vec4u(end - 1u)) * params.a_column;
  return select(vec4f(), vec4f(a[from_a.x], a[from_a.y], a[from_a.z], a[from_a.w]), at < vec4u(end));
}

fn store4(z: u32, row: u32, column: u32, values: vec4f) {
  if (row >= params.m) { return; }
  for (var j = 0u; j < 4u && column + 4u * j < params.n; j++) { store(z, row, column + 4u * j, values[j]); }
}
