// The end of a step's backward pass. One thread: adds up the sums of squared gradients (one a flat range, 64 elements apart), puts loss and norm
// into the ring, and raises the halt flag at the first step whose loss or norm is not finite. Once raised it stays:
// the optimiser changes nothing more, so parameters remain those before that step.
struct Params { partials: u32, slots: u32, max_norm: f32 }
struct Record { step: u32, loss: f32, norm: f32, halted: u32 }
@group(0) @binding(0) var<storage, read> squares: array<f32>;
@group(0) @binding(1) var<storage, read> loss: array<f32>;
@group(0) @binding(2) var<storage, read_write> ring: array<Record>;
@group(0) @binding(3) var<storage, read_write> control: array<u32>;  // [halted, clip factor bits, step that halted]
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: StepState;

fn finite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var i = 0u; i < params.partials; i++) { sum += squares[64u * i]; }
  let norm = sqrt(sum);
  if (control[0] == 0u && !(finite(loss[0]) && finite(sum))) {
    control[0] = 1u;
    control[2] = step.step;
  }
  var clip = 1.0;
  if (params.max_norm > 0.0) { clip = min(1.0, params.max_norm / (norm + 1e-6)); }
  control[1] = bitcast<u32>(clip);
  ring[step.step % params.slots] = Record(step.step, loss[0], norm, control[0]);
}
