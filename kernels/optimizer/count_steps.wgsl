// Counts a step for blocks of 64 parameters, unless updates are halted, and finds Adam's bias corrections 1 - beta^count.
// A parameter has blocks of its own: it counts the steps that moved it. One thread: one block.
struct Params { blocks: u32, first: u32, decay1: f32, decay2: f32 }  // decay = -ln beta
@group(0) @binding(0) var<storage, read_write> counts: array<u32>;
@group(0) @binding(1) var<storage, read_write> corrections: array<vec2f>;  // [blocks]
@group(0) @binding(2) var<storage, read> control: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

// 1 - exp(-x), a small x by its series: the difference would lose its digits.
fn rest(x: vec2f) -> vec2f {
  var series = vec2f(1.0);
  for (var k = 8u; k > 1u; k--) { series = 1.0 - x / f32(k) * series; }
  return select(1.0 - exp(-x), x * series, x < vec2f(0.5));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let block = id.x + id.y * groups.x * 64u;
  if (block >= params.blocks || control[0] != 0u) { return; }
  let count = counts[params.first + block] + 1u;
  counts[params.first + block] = count;
  corrections[block] = rest(f32(count) * vec2f(params.decay1, params.decay2));
}
