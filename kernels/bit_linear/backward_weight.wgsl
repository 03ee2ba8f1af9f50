// dweight[o, k] = sum of dy[r, o] over the rows r whose bit k is set, ascending; zero for bits that no row has. From the `skip`th of
// these rows on at most `most` are added here; later passes add to the first. One thread an element of dweight.
struct Params { rows: u32, out: u32, bits: u32, skip: u32, most: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> set_rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> dweight: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

override ACCUMULATE: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.out * params.bits) { return; }
  let o = i / params.bits;
  let bit = i % params.bits;
  let begin = row_starts[bit] + params.skip;
  let end = min(row_starts[bit + 1u], begin + params.most);
  var total = 0.0;
  var sum = 0.0;
  for (var k = begin; k < end; k++) {
    sum += dy[set_rows[k] * params.out + o];
    if ((k - begin) % 256u == 255u) { total += sum; sum = 0.0; }  // a long sum by blocks loses fewer digits
  }
  total += sum;
  if (ACCUMULATE == 1u) { total += dweight[i]; }
  dweight[i] = total;
}
