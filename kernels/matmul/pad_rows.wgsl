// Copies rows into rows of whole quads, zeros at their ends. One thread: one quad.
struct Params { rows: u32, width: u32, quads: u32, batches: u32, inner: u32, start: u32, row: u32, batch: u32, part: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.batches * params.rows * params.quads) { return; }
  let column = (i % params.quads) * 4u;
  let row = (i / params.quads) % params.rows;
  let z = i / (params.quads * params.rows);
  let at = params.start + z / params.inner * params.batch + z % params.inner * params.part + row * params.row + column;
  let value = vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
  y[i] = select(vec4f(), value, vec4u(column) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.width));
}
