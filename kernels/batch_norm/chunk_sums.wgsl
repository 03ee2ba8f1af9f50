// The sums of the gradients of every column over every chunk of rows. One thread: one column of one chunk.
struct Params { rows: u32, width: u32, chunk: u32, chunks: u32, keep: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec2f>;  // [chunks, width]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.width * params.chunks) { return; }
  partial[i] = sums_of(i / params.width, i % params.width);
}
