// workgroup.wgsl with subgroup operations: two barriers instead of a tree of them. Nothing is assumed of a subgroup's size, or
// of which threads are in one: its first lane hands on the subgroup's sum, the others zeros, and every subgroup adds up all.
var<workgroup> lane_values: array<Summand, THREADS>;

fn workgroup_sum(lane: u32, value: Summand) -> Summand {
  let sum = subgroupAdd(value);
  let first = subgroupElect();
  let size = subgroupAdd(1u);
  let rank = subgroupExclusiveAdd(1u);
  workgroupBarrier();
  lane_values[lane] = select(Summand(), sum, first);
  workgroupBarrier();
  var part = Summand();
  for (var i = rank; i < THREADS; i += size) { part += lane_values[i]; }
  return subgroupAdd(part);
}

fn workgroup_max(lane: u32, value: Summand) -> Summand {
  let largest = subgroupMax(value);
  let size = subgroupAdd(1u);
  let rank = subgroupExclusiveAdd(1u);
  workgroupBarrier();
  lane_values[lane] = largest;
  workgroupBarrier();
  var part = lane_values[rank];
  for (var i = rank + size; i < THREADS; i += size) { part = max(part, lane_values[i]); }
  return subgroupMax(part);
}
