// Running ln sum e^x as a pair (largest, sum of e^(x - largest)), and its scan over the 128 threads of a workgroup.
const no_terms = vec2f(-3.4e38, 0.0);
var<workgroup> lane_sums: array<vec2f, 128>;

fn join(a: vec2f, b: vec2f) -> vec2f {
  let largest = max(a.x, b.x);
  return vec2f(largest, a.y * exp(a.x - largest) + b.y * exp(b.x - largest));
}

fn log_sum(a: vec2f) -> f32 { return a.x + log(a.y); }

// The join of all threads before this one; of all after it, if the threads count backwards.
fn scan_before(place: u32, own: vec2f) -> vec2f {
  lane_sums[place] = own;
  workgroupBarrier();
  for (var width = 1u; width < 128u; width <<= 1u) {
    var joined = lane_sums[place];
    if (place >= width) { joined = join(lane_sums[place - width], joined); }
    workgroupBarrier();
    lane_sums[place] = joined;
    workgroupBarrier();
  }
  if (place == 0u) { return no_terms; }
  return lane_sums[place - 1u];
}
