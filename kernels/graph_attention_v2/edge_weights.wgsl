// The packed array `edge` of GATv2: attention vectors [all heads][4 QUADS], then what is there of the weight of edge features
// [all heads][4 QUADS][features], the features by slot, the biases by relation, a dropout mask. Needs `edge` and `params`.
fn vector_quad(head: u32, q: u32) -> vec4f {
  let at = (head * QUADS + q) * 4u;
  return vec4f(edge[at], edge[at + 1u], edge[at + 2u], edge[at + 3u]);
}

fn edge_part(slot: u32, head: u32, q: u32) -> vec4f {
  var sum = vec4f();
  if (FEATURES == 1u) {
    let at = params.weight_at + (head * QUADS + q) * 4u * params.features;
    for (var f = 0u; f < params.features; f++) {
      let row = at + f;
      let weight = vec4f(
        edge[row], edge[row + params.features], edge[row + 2u * params.features], edge[row + 3u * params.features]);
      sum += edge[params.features_at + slot * params.features + f] * weight;
    }
  }
  return sum;
}

fn relation_bias(relation: u32, head: u32) -> f32 {
  if (RELATIONS == 1u) { return edge[params.bias_at + relation * params.all_heads + head]; }
  return 0.0;
}
