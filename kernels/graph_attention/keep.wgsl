// Dropout of attention weights: 0 or 1 / (1 - rate), drawn from the slot and the head of the layer, however a layer is cut;
// or read from a mask that is given. Needs `params`, `step` and, for a mask, `edge`.
fn keep_factor(key: u32, slot: u32, head: u32) -> f32 {
  if (DROP == 1u) { return dropout_of(key, slot * params.layer_heads + params.layer_first + head, params.rate); }
  if (DROP == 2u) { return edge[params.keep_at + slot * params.all_heads + head] / (1.0 - params.rate); }
  return 1.0;
}
