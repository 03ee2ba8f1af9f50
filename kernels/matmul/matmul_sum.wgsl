// The second stage of a product whose sum over K was cut: adds the parts in order, then the epilogue. Here k counts the parts.
// One thread: one output, or one sum of A over K.
@group(0) @binding(0) var<storage, read> partial: array<f32>;  // [parts, batches, m, n + ROW_SUMS]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let width = params.n + ROW_SUMS;
  let outputs = params.batches * params.m * width;
  if (i >= outputs) { return; }
  var sum = 0.0;
  for (var part = 0u; part < params.k; part++) { sum += partial[part * outputs + i]; }
  let row = i / width % params.m;
  let column = i % width;
  if (column == params.n) { store_row_sum(row, sum); return; }
  store(i / (params.m * width), row, column, sum);
}
