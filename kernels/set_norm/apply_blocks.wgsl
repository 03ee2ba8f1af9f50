// apply.wgsl for GPUs. One workgroup of 64 threads: up to 512 Values of one sample.
struct Params { samples: u32, elements: u32, cells: u32, parts: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> scale: array<Value>;
@group(0) @binding(2) var<storage, read> shift: array<Value>;
@group(0) @binding(3) var<storage, read> statistics: array<vec4f>;  // [samples, parts]
@group(0) @binding(4) var<storage, read_write> y: array<Value>;
@group(0) @binding(5) var<uniform> params: Params;

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
  let first = block % blocks * 512u;
  for (var e = first + lane; e < min(first + 512u, values); e += 64u) {
    let i = sample * values + e;
    let column = e % params.cells;
    y[i] = scale[column] * ((x[i] - of_sample.x) * of_sample.y) + shift[column];
  }
}
