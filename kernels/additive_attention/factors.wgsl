// What a pair needs of each query and key, in whole quads of channels a head: exp(2 (q - centre)) and
// exp(2 clamp(k + b + centre, -40, 40)); for the exact form q and k + b themselves. One thread: one quad, those of the queries first.
struct Params { query_rows: u32, key_rows: u32, heads: u32, depth: u32 }
@group(0) @binding(0) var<storage, read> q: array<f32>;       // [query rows, heads depth]
@group(0) @binding(1) var<storage, read> k: array<f32>;       // [key rows, heads depth]
@group(0) @binding(2) var<storage, read> bias: array<f32>;    // b [depth]
@group(0) @binding(3) var<storage, read> centre: array<f32>;
@group(0) @binding(4) var<storage, read_write> query: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> key: array<vec4f>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = id.x + id.y * groups.x * 64u;
  let quads = (params.depth + 3u) / 4u;
  let queries = params.query_rows * params.heads * quads;
  if (thread >= queries + params.key_rows * params.heads * quads) { return; }
  let of_key = thread >= queries;
  let i = select(thread, thread - queries, of_key);
  let factorised = centre[params.heads * params.depth] == 1.0;
  let channel = (i % quads) * 4u;
  let first = (i / quads) * params.depth;   // of this head's channels in this row
  let head = (i / quads) % params.heads;
  var value = vec4f();
  for (var c = 0u; c < 4u && channel + c < params.depth; c++) {
    let shift = select(0.0, centre[head * params.depth + channel + c], factorised);
    if (of_key) { value[c] = k[first + channel + c] + bias[channel + c] + shift; }
    else { value[c] = q[first + channel + c] - shift; }
  }
  if (factorised) {
    if (of_key) { value = clamped(value, 40.0); }
    value = exponentials(2.0 * value);
  }
  if (of_key) { key[i] = value; } else { query[i] = value; }
}
