// Sums of dy and dy (x - mean) over a chunk of a sample's elements. One thread: one column of one chunk.
struct Params { elements: u32, cells: u32, chunk: u32, chunks: u32, samples: u32 }
@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> dy: array<Value>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partial: array<Value>;  // [samples, chunks, 2, cells]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 32u;
  if (thread >= params.samples * params.chunks * params.cells) { return; }
  let column = thread % params.cells;
  let part = thread / params.cells;
  let sample = part / params.chunks;
  let mean = statistics[sample].x;
  let first = part % params.chunks * params.chunk;
  var plain = Value();
  var moment = Value();
  for (var e = first; e < min(first + params.chunk, params.elements); e++) {
    let i = (sample * params.elements + e) * params.cells + column;
    plain += dy[i];
    moment += dy[i] * (x[i] - mean);
  }
  let at = part * 2u * params.cells + column;
  partial[at] = plain;
  partial[at + params.cells] = moment;
}
