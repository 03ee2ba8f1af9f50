// Mean of each segment's rows; an empty segment gives zero. From the `skip`th row of a segment on at most `most` are added here;
// later passes add to the first. One thread: one column of one segment.
struct Params { segments: u32, width: u32, skip: u32, most: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override ACCUMULATE: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.segments * params.width) { return; }
  let segment = i / params.width;
  let column = i % params.width;
  let rows = max(starts[segment + 1u] - starts[segment], 1u);
  let begin = starts[segment] + params.skip;
  let end = min(starts[segment + 1u], begin + params.most);
  var total = 0.0;
  var sum = 0.0;
  for (var row = begin; row < end; row++) {
    sum += x[row * params.width + column];
    if ((row - begin) % 256u == 255u) { total += sum; sum = 0.0; }  // a long sum by blocks loses fewer digits
  }
  var mean = (total + sum) / f32(rows);
  if (ACCUMULATE == 1u) { mean += y[i]; }
  y[i] = mean;
}
