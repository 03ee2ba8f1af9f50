// Arithmetic in half precision only: 8 independent chains of vec4h multiply-adds, 32 of them in the loop body.
enable f16;
struct Params { rounds: u32, factor: f32, addend: f32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let f = vec4h(f16(params.factor));
  let d = vec4h(f16(params.addend));
  var a = vec4h(f16(id.x & 63u)); var b = a + d; var c = b + d; var e = c + d;
  var g = e + d; var h = g + d; var i = h + d; var j = i + d;
  for (var round = 0u; round < params.rounds; round++) {
    a = fma(a, f, d); b = fma(b, f, d); c = fma(c, f, d); e = fma(e, f, d);
    g = fma(g, f, d); h = fma(h, f, d); i = fma(i, f, d); j = fma(j, f, d);
    a = fma(a, f, d); b = fma(b, f, d); c = fma(c, f, d); e = fma(e, f, d);
    g = fma(g, f, d); h = fma(h, f, d); i = fma(i, f, d); j = fma(j, f, d);
    a = fma(a, f, d); b = fma(b, f, d); c = fma(c, f, d); e = fma(e, f, d);
    g = fma(g, f, d); h = fma(h, f, d); i = fma(i, f, d); j = fma(j, f, d);
    a = fma(a, f, d); b = fma(b, f, d); c = fma(c, f, d); e = fma(e, f, d);
    g = fma(g, f, d); h = fma(h, f, d); i = fma(i, f, d); j = fma(j, f, d);
  }
  y[id.x] = f32(dot(a + b + c + e + g + h + i + j, vec4h(1.0h)));
}
