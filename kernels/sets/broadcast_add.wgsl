// y[s, i, c] = activation(full[s, i, c] + item[i, c] + sample[s, c]), then dropout, times mask[s, i]; each of the three, and what
// follows, may be absent. One thread an element.
struct Params { samples: u32, items: u32, width: u32, slope: f32, site: u32, rate: f32 }
@group(0) @binding(0) var<storage, read> full: array<f32>;
@group(0) @binding(1) var<storage, read> item: array<f32>;
@group(0) @binding(2) var<storage, read> sample: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> mask: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

override FULL: u32 = 0u;
override ITEM: u32 = 0u;
override SAMPLE: u32 = 0u;
override ACTIVATION: u32 = 0u;  // 0 none, 1 relu, 2 leaky relu
override MASK: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let table = params.items * params.width;
  if (i >= params.samples * table) { return; }
  var sum = 0.0;
  if (FULL == 1u) { sum += full[i]; }
  if (ITEM == 1u) { sum += item[i % table]; }
  if (SAMPLE == 1u) { sum += sample[i / table * params.width + i % params.width]; }
  if (ACTIVATION == 1u) { sum = relu(sum); }
  if (ACTIVATION == 2u) { sum = leaky_relu(sum, params.slope); }
  if (MASK == 1u) { sum *= mask[i / params.width]; }
  y[i] = kept(i, sum);
}
