// What the kernels share whose threads own 2 genes x 4 samples. Genes and samples past the end repeat the last.
struct Params { batch: u32, genes: u32, quads: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> gamma: array<f32>;
@group(0) @binding(1) var<storage, read> comp: array<f32>;
override ROWSUM: u32 = 0u;

fn samples_from(sample: u32) -> vec4u {
  return min(vec4u(sample) + vec4u(0u, 1u, 2u, 3u), vec4u(params.batch - 1u));
}
fn gammas(at: vec4u) -> vec4f { return vec4f(gamma[at.x], gamma[at.y], gamma[at.z], gamma[at.w]); }
fn comps(at: vec4u) -> vec4f { return vec4f(comp[at.x], comp[at.y], comp[at.z], comp[at.w]); }
fn sums_at(at: vec4u) -> mat4x4f { return mat4x4f(zt[at.x], zt[at.y], zt[at.z], zt[at.w]); }
fn dots(w: vec4f, z: mat4x4f) -> vec4f { return vec4f(dot(w, z[0]), dot(w, z[1]), dot(w, z[2]), dot(w, z[3])); }
