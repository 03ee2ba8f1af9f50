// Sums over chunks of each sample's items: [samples, items, width] -> [samples, chunks, width].
// One thread: one column of one chunk; run again over the chunks until one is left.
struct Params { samples: u32, items: u32, width: u32, chunk: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let chunks = (params.items + params.chunk - 1u) / params.chunk;
  if (i >= params.samples * chunks * params.width) { return; }
  let column = i % params.width;
  let sample = i / params.width / chunks;
  let first = i / params.width % chunks * params.chunk;
  var sum = 0.0;
  for (var item = first; item < min(first + params.chunk, params.items); item++) {
    sum += x[(sample * params.items + item) * params.width + column];
  }
  sums[i] = sum;
}
