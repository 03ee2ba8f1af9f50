// What the passes over pairs read that find gradients; each writes to bindings of its own.
struct Params {
  queries: u32, keys: u32, samples: u32, heads: u32, quads: u32, columns: u32, shared_queries: u32, stride: u32, depth: u32,
  per: u32, parts: u32, key_quads: u32,
}
@group(0) @binding(0) var<storage, read> query: array<vec4f>;
@group(0) @binding(1) var<storage, read> key: array<vec4f>;
@group(0) @binding(2) var<storage, read> vector: array<vec4f>;
@group(0) @binding(3) var<storage, read> centre: array<f32>;
@group(0) @binding(4) var<storage, read> dscore: array<vec4f>;        // [heads, samples, queries, stride / 4]
