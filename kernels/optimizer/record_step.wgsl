// The end of a step's backward pass. One workgroup: adds up the chunks' squares, puts loss and norm into the ring, and raises
// the halt flag at the first step whose loss or gradients are not finite. Once raised it stays: the optimiser changes
// nothing more, so parameters remain those before that step. Without clipping a norm whose square overflows halts too: the
// second moments would overflow with it.
struct Params { partials: u32, slots: u32, max_norm: f32 }
struct Record { step: u32, loss: f32, norm: f32, halted: u32 }
@group(0) @binding(0) var<storage, read> squares: array<vec2f>;
@group(0) @binding(1) var<storage, read> loss: array<f32>;
@group(0) @binding(2) var<storage, read_write> ring: array<Record>;
// [halted, bits of the clip factor, step that halted, bits of what gradients are multiplied with before that factor]
@group(0) @binding(3) var<storage, read_write> control: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: StepState;

const THREADS = 64u;
alias Summand = vec2f;

fn finite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec2f();
  for (var i = lane; i < params.partials; i += 64u) { sum += squares[i]; }
  let total = workgroup_sum(lane, sum);
  if (lane != 0u) { return; }
  let large = !finite(total.x);
  // The norm, or 2^-96 times the norm.
  let norm = sqrt(select(total.x, total.y, large));
  let clips = params.max_norm > 0.0;
  if (control[0] == 0u && !(finite(loss[0]) && finite(total.y) && (clips || !large))) {
    control[0] = 1u;
    control[2] = step.step;
  }
  var clip = 1.0;
  if (clips) { clip = select(min(1.0, params.max_norm / (norm + 1e-6)), params.max_norm / norm, large); }
  control[1] = bitcast<u32>(clip);
  control[3] = bitcast<u32>(select(1.0, SMALL, large));
  ring[step.step % params.slots] = Record(step.step, loss[0], select(norm, norm / SMALL, large), control[0]);
}
