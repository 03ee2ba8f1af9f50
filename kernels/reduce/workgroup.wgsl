// Sums and maxima over a workgroup, in tree order; every thread must call, and gets the result. A kernel with these declares
// const THREADS, its threads (a power of two), and alias Summand, f32 or a vector of them.
var<workgroup> lane_values: array<Summand, THREADS>;

fn workgroup_sum(lane: u32, value: Summand) -> Summand {
  workgroupBarrier();
  lane_values[lane] = value;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width >>= 1u) {
    if (lane < width) { lane_values[lane] += lane_values[lane + width]; }
    workgroupBarrier();
  }
  return lane_values[0];
}

fn workgroup_max(lane: u32, value: Summand) -> Summand {
  workgroupBarrier();
  lane_values[lane] = value;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width >>= 1u) {
    if (lane < width) { lane_values[lane] = max(lane_values[lane], lane_values[lane + width]); }
    workgroupBarrier();
  }
  return lane_values[0];
}
