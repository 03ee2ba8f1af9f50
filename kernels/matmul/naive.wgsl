// Step 1 of the ladder, the literal port. One thread: one output.
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = id.x;
  if (row >= params.m || column >= params.n) { return; }
  var at_a = a_begin(id.z) + row * params.a_row;
  var at_b = b_begin(id.z) + column * params.b_column;
  var sum = 0.0;
  for (var k = 0u; k < params.k; k++) {
    sum += a[at_a] * b[at_b];
    at_a += params.a_column;
    at_b += params.b_row;
  }
  store(id.z, row, column, sum);
}
