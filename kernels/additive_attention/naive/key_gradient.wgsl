// Sums of the argument's gradient over the queries. One thread: one channel of one key.
@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read_write> dkey: array<f32>;  // [samples, keys, heads depth]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.matrices * params.keys * params.depth) { return; }
  let c = at % params.depth;
  let j = (at / params.depth) % params.keys;
  let z = at / (params.depth * params.keys);
  var sum = 0.0;
  for (var i = 0u; i < params.queries; i++) {
    sum += g[((z * params.queries + i) * params.keys + j) * params.depth + c];
  }
  dkey[key_start(params.first + z, j) + c] = sum;
}
