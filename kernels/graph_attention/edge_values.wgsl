// What the packed array `edge` adds to a logit, and what dropout does to a weight. Needs `edge`, `params` and `step`.
fn edge_logit(slot: u32, relation: u32, head: u32) -> f32 {
  var value = 0.0;
  if (RELATIONS == 1u) { value += edge[relation * params.all_heads + head]; }
  if (LOGITS == 1u) { value += edge[params.logits_at + slot * params.all_heads + head]; }
  return value;
}
