// What a pair needs of each query or key, in whole quads of channels a head: exp(2 (q - centre)) or
// exp(2 clamp(k + b + centre, -40, 40)); for the exact form q or k + b themselves. One thread: one quad.
struct Params { rows: u32, heads: u32, depth: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;       // [rows, heads depth]
@group(0) @binding(1) var<storage, read> bias: array<f32>;    // b [depth]
@group(0) @binding(2) var<storage, read> centre: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;
override KEYS: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let quads = (params.depth + 3u) / 4u;
  if (i >= params.rows * params.heads * quads) { return; }
  let factorised = centre[params.heads * params.depth] == 1.0;
  let channel = (i % quads) * 4u;
  let first = (i / quads) * params.depth;   // of this head's channels in this row
  let head = (i / quads) % params.heads;
  var value = vec4f();
  for (var c = 0u; c < 4u && channel + c < params.depth; c++) {
    let shift = select(0.0, centre[head * params.depth + channel + c], factorised);
    if (KEYS == 1u) { value[c] = x[first + channel + c] + bias[channel + c] + shift; }
    else { value[c] = x[first + channel + c] - shift; }
  }
  if (factorised) {
    if (KEYS == 1u) { value = clamped(value, 40.0); }
    value = exponentials(2.0 * value);
  }
  y[i] = value;
}
