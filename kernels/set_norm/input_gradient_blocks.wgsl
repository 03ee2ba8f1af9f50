// For GPUs. One workgroup of 64 threads: up to 512 Values of one sample, whose chunks of column_sums_blocks.wgsl it adds up.
struct Params { samples: u32, elements: u32, cells: u32, chunks: u32, parts: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> scale: array<Value>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;  // [samples, parts]
@group(0) @binding(4) var<storage, read> sums: array<vec2f>;        // [samples, chunks]
@group(0) @binding(5) var<storage, read> dy: array<Value>;
@group(0) @binding(6) var<storage, read_write> dx: array<Value>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let values = params.elements * params.cells;
  let blocks = (values + 511u) / 512u;
  let block = group.x + group.y * groups.x;
  if (block >= params.samples * blocks) { return; }
  let sample = block / blocks;
  let of_sample = statistics_of(sample, lane);
  var sum = vec2f();
  for (var c = lane; c < params.chunks; c += 64u) { sum += sums[sample * params.chunks + c]; }
  sum = workgroup_sum(lane, sum);
  let first = block % blocks * 512u;
  for (var e = first + lane; e < min(first + 512u, values); e += 64u) {
    store_gradient(sample * values + e, of_sample, sum);
  }
}
