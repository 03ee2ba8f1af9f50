// Sums and maxima over a workgroup of 128 threads, in tree order. Every thread must call, and gets the result.
var<workgroup> lane_values: array<vec4f, 128>;

fn row_sum(lane: u32, value: vec4f) -> vec4f {
  workgroupBarrier();
  lane_values[lane] = value;
  workgroupBarrier();
  for (var width = 64u; width > 0u; width >>= 1u) {
    if (lane < width) { lane_values[lane] += lane_values[lane + width]; }
    workgroupBarrier();
  }
  return lane_values[0];
}

fn row_max(lane: u32, value: vec4f) -> vec4f {
  workgroupBarrier();
  lane_values[lane] = value;
  workgroupBarrier();
  for (var width = 64u; width > 0u; width >>= 1u) {
    if (lane < width) { lane_values[lane] = max(lane_values[lane], lane_values[lane + width]); }
    workgroupBarrier();
  }
  return lane_values[0];
}
