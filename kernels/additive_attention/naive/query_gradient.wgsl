// Sums of the argument's gradient over the keys. One thread: one channel of one query.
@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read_write> dquery: array<f32>;  // [samples, queries, heads depth]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.matrices * params.queries * params.depth) { return; }
  let c = at % params.depth;
  let row = at / params.depth;
  let matrix = params.first + row / params.queries;
  var sum = 0.0;
  for (var j = 0u; j < params.keys; j++) { sum += g[(row * params.keys + j) * params.depth + c]; }
  let out = (matrix % params.samples) * params.queries + row % params.queries;
  dquery[(out * params.heads + matrix / params.samples) * params.depth + c] = sum;
}
