// One optimiser step over a flat range of parameters. One thread an element. Arithmetic as in PyTorch;
// rest = 1 - beta comes from the host, where it has not lost its digits.
// KIND 0 Adam (decay inside the gradient), 1 AdamW (decay beside it), 2 SGD with momentum (first moment).
struct Params { n: u32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, decay: f32 }
@group(0) @binding(0) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<f32>;
@group(0) @binding(3) var<storage, read_write> second: array<f32>;
@group(0) @binding(4) var<storage, read> control: array<u32>;
@group(0) @binding(5) var<storage, read> corrections: array<vec2f>;  // a block of 64 parameters, a workgroup
@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(7) var<uniform> step: StepState;

override KIND: u32 = 0u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32,
) {
  let block = group.x + group.y * groups.x;
  let i = block * 64u + lane;
  if (i >= params.n || control[0] != 0u) { return; }
  let rate = step.learning_rate;
  var p = parameter[i];
  var g = gradient[i] * bitcast<f32>(control[3]) * bitcast<f32>(control[1]);
  if (KIND == 1u) { p -= rate * params.decay * p; } else { g += params.decay * p; }
  if (KIND == 2u) {
    let m = params.beta1 * first[i] + g;
    first[i] = m;
    parameter[i] = p - rate * m;
    return;
  }
  let m = params.beta1 * first[i] + params.rest1 * g;
  let v = params.beta2 * second[i] + params.rest2 * g * g;
  first[i] = m;
  second[i] = v;
  let correction = corrections[block];
  parameter[i] = p - rate * (m / correction.x) / (sqrt(v / correction.y) + params.epsilon);
}
