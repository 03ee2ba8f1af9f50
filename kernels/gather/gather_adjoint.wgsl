// dx[s] = sum of dy over the rows that were gathered from s, in ascending order: no atomics. users[starts[s] .. starts[s + 1]] lists
// those rows; from the `first` of them on at most `most` are added here. One thread an element of dx.
struct Params { sources: u32, width: u32, first: u32, most: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> users: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

override ACCUMULATE: u32 = 0u;  // 1: adds to what dx holds

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.sources * params.width) { return; }
  let source = i / params.width;
  let column = i % params.width;
  let begin = starts[source] + params.first;
  let end = min(starts[source + 1u], begin + params.most);
  var total = 0.0;
  var sum = 0.0;
  for (var k = begin; k < end; k++) {
    sum += dy[users[k] * params.width + column];
    if ((k - begin) % 256u == 255u) { total += sum; sum = 0.0; }  // a long sum by blocks loses fewer digits
  }
  total += sum;
  if (ACCUMULATE == 1u) { total += dx[i]; }
  dx[i] = total;
}
