// The operands of a product on matrix units, each value as two halves: x 2^e = high + low / 2048, where e is chosen for every
// slice of 256 steps of a line, a row of A or a column of B, so that its largest value lies in [2^14, 2^15). Halves are stored in
// blocks as the unit loads them, UNIT_M rows or UNIT_N columns by UNIT_K steps, all high ones and then all low ones of a block,
// K contiguous; lines are padded to whole tiles of 64 and K to 16 with zeros.
// Below 2^-3 of that scale a value loses digits: at most 2^-9 of the scaled sum each, where halves below 2^-14 count as 0. So many
// times 2^13 is what a scaled sum must reach to be right to 2^-22 of itself; a line with a value that is not finite allows none.
// One workgroup: one slice of 16 lines.
struct Params {
  m: u32, n: u32, k: u32, batches: u32, inner: u32,
  a_start: u32, a_batch: u32, a_inner: u32, a_row: u32, a_column: u32,
  b_start: u32, b_batch: u32, b_inner: u32, b_row: u32, b_column: u32,
}
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> halves: array<u32>;    // pairs along K: A's blocks in every batch, then B's
@group(0) @binding(3) var<storage, read_write> scales: array<vec2f>;  // e, least sum: [batch][line][slice] of A, then of B
@group(0) @binding(4) var<uniform> params: Params;

override A_ALONG_K: u32 = 1u;  // 1: neighbouring threads read along K, 0: across lines
override B_ALONG_K: u32 = 0u;

var<workgroup> largest: array<array<u32, 8>, 16>;
var<workgroup> losing: array<array<u32, 8>, 16>;

// Where a line lies, and how many it has beside it.
struct Line { start: u32, step: u32, real: bool, index: u32, lines: u32 }

fn value(of_a: bool, line: Line, k: u32) -> f32 {
  if (!line.real || k >= params.k) { return 0.0; }
  if (of_a) { return a[line.start + k * line.step]; }
  return b[line.start + k * line.step];
}

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let a_lines = (params.m + 63u) / 64u * 64u;
  let b_lines = (params.n + 63u) / 64u * 64u;
  let depth = (params.k + 15u) / 16u * 16u;
  let slices = (params.k + SLICE - 1u) / SLICE;
  let i = group.x + group.y * groups.x;
  let slice = i % slices;
  let lines_of_both = (a_lines + b_lines) / 16u;
  let block = i / slices % lines_of_both;
  let z = i / slices / lines_of_both;
  if (z >= params.batches) { return; }
  let of_a = block < a_lines / 16u;
  let along = select(B_ALONG_K, A_ALONG_K, of_a) == 1u;
  let own = select(thread % 16u, thread / 8u, along);
  let lane = select(thread / 16u, thread % 8u, along);

  var line: Line;
  if (of_a) {
    let row = block * 16u + own;
    line = Line(a_begin(z) + row * params.a_row, params.a_column, row < params.m, row, a_lines);
  } else {
    let column = block * 16u - a_lines + own;
    line = Line(b_begin(z) + column * params.b_column, params.b_row, column < params.n, column, b_lines);
  }
  let first = slice * SLICE + 2u * lane;
  let end = min((slice + 1u) * SLICE, depth);

  // As bits, so that what is not finite is the largest of all.
  var most = 0u;
  for (var k = first; k < end; k += 16u) {
    let pair = vec2f(value(of_a, line, k), value(of_a, line, k + 1u));
    let bits = bitcast<vec2u>(pair) & vec2u(0x7fffffffu);
    most = max(most, max(bits.x, bits.y));
  }
  largest[own][lane] = most;
  workgroupBarrier();
  for (var other = 0u; other < 8u; other++) { most = max(most, largest[own][other]); }
  let finite = most < 0x7f800000u;
  let exponent = min(141 - i32(most >> 23u), 126);
  let scale = bitcast<f32>(u32(exponent + 127) << 23u);

  let unit = select(UNIT_N, UNIT_M, of_a);
  let operand = select(params.batches * a_lines * depth, 0u, of_a);
  let words = operand + (z * line.lines + line.index / unit * unit) * depth;
  var lost = 0u;
  for (var k = first; k < end; k += 16u) {
    let pair = select(vec2f(), vec2f(value(of_a, line, k), value(of_a, line, k + 1u)), finite);
    let scaled = pair * scale;
    let high = pack2x16float(scaled);
    let low = pack2x16float((scaled - unpack2x16float(high)) * 2048.0);
    let tiny = (abs(scaled) < vec2f(0.125)) & (pair != vec2f());
    lost += u32(tiny.x) + u32(tiny.y);
    let at = words + k / UNIT_K * unit * UNIT_K + (line.index % unit * UNIT_K + k % UNIT_K) / 2u;
    halves[at] = high;
    halves[at + unit * UNIT_K / 2u] = low;
  }
  losing[own][lane] = lost;
  workgroupBarrier();
  if (lane > 0u) { return; }
  for (var other = 1u; other < 8u; other++) { lost += losing[own][other]; }
  let before = select(params.batches * a_lines, 0u, of_a);
  let least = select(1e38, 8192.0 * f32(lost), finite);
  scales[(before + z * line.lines + line.index) * slices + slice] = vec2f(f32(exponent), least);
}
