// Runs as many iterations of a loop as asked and counts them: what is missing shows where a driver stops an invocation. The
// condition hangs on what each iteration computes, so that no compiler can count without running.
@group(0) @binding(0) var<storage, read> asked: array<u32>;
@group(0) @binding(1) var<storage, read_write> found: array<u32>;

@compute @workgroup_size(1)
fn main() {
  var state = asked[1];
  var count = 0u;
  for (var i = 0u; i < asked[0]; i++) {
    state = state * 1664525u + 1013904223u;
    count += select(1u, 0u, state == asked[2] && i > asked[0]);
  }
  found[0] = count;
  found[1] = state;
}
