// What a thread of the total takes of the parts.
@group(0) @binding(0) var<storage, read> partial_sums: array<vec2f>;

fn terms(first: u32, stride: u32) -> vec4f {
  var sums = vec4f();
  for (var i = first; i < params.rows; i += stride) { sums += vec4f(partial_sums[i], 0.0, 0.0); }
  return sums;
}
