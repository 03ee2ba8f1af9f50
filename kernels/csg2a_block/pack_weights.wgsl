// w[gene] = (w_gex[gene], w_comp[gene]) as vec4f, each padded with zeros to whole quads: any width, one binding.
// One thread: one quad.
struct Params { genes: u32, width: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> w_gex: array<f32>;
@group(0) @binding(1) var<storage, read> w_comp: array<f32>;
@group(0) @binding(2) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.genes * 2u * params.quads) { return; }
  let gene = i / (2u * params.quads);
  let quad = i % (2u * params.quads);
  let column = (quad % params.quads) * 4u;
  var value = vec4f();
  for (var t = 0u; t < 4u; t++) {
    if (column + t < params.width) {
      let at = gene * params.width + column + t;
      if (quad < params.quads) { value[t] = w_gex[at]; } else { value[t] = w_comp[at]; }
    }
  }
  w[i] = value;
}
