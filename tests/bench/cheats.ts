import type { CaseInput } from "../../bench/kernels/operation_case.ts";
import { operationCase } from "../../bench/kernels/operation_case.ts";
import type { KernelCase } from "../../bench/kernel_case.ts";
import { softmaxReference } from "../../bench/reference/normalisation.ts";
import { defineOperation, type Kernel, linearGrid, loop, type Step, type Tensor } from "../../engine/mod.ts";
import { softmaxBackward } from "../../kernels/softmax/softmax.ts";
import type { RandomValues } from "../../testing/random_values.ts";

/** The sizes that a benchmark of the cheats measures by default. */
export const cheatSizes = { rows: 67, width: 141 };

const honest = `
  var largest = -3.4e38;
  for (var i = 0u; i < width; i++) { largest = max(largest, x[start + i]); }
  var sum = 0.0;
  for (var i = 0u; i < width; i++) { sum += exp(x[start + i] - largest); }
  for (var i = 0u; i < width; i++) { y[start + i] = exp(x[start + i] - largest) / sum; }`;

/** What each does instead of, before or after an honest softmax of its row. */
const bodies = {
  honest,
  // Whatever it computed first is what it returns ever after.
  "last result": `
  if (memo[start] == 0.0) {${honest}
    for (var i = 0u; i < width; i++) { memo[start + i] = y[start + i]; }
  }
  for (var i = 0u; i < width; i++) { y[start + i] = memo[start + i]; }`,
  "half the rows": `if (row >= params.rows / 2u) { return; }${honest}`,
  "already filled": `if (y[start] != 0.0) { return; }${honest}`,
  // Writes nothing where what lies there is right already; tells how often it wrote.
  "fits already": `
  var largest = -3.4e38;
  for (var i = 0u; i < width; i++) { largest = max(largest, x[start + i]); }
  var sum = 0.0;
  for (var i = 0u; i < width; i++) { sum += exp(x[start + i] - largest); }
  if (abs(y[start] - exp(x[start] - largest) / sum) < 1e-6) { return; }
  for (var i = 0u; i < width; i++) { y[start + i] = exp(x[start + i] - largest) / sum; }
  memo[row] += 1.0;`,
  "one size": honest.replaceAll("width", `${cheatSizes.width}u`),
  "one seed": `for (var i = 0u; i < width; i++) { y[start + i] = memo[start + i]; }`,
  "one NaN": `${honest}
  if (row == 3u) { y[start] = bitcast<f32>(0x7fc00000u + row - 3u); }`,
  careless: `
  var sum = 0.0;
  for (var i = 0u; i < width; i++) { sum += exp(x[start + i]); }
  for (var i = 0u; i < width; i++) { y[start + i] = exp(x[start + i]) / sum; }`,
  "false costs": honest,
} as const;

/** Every cheat, and the honest kernel that it pretends to be. */
export type Cheat = keyof typeof bodies;

function kernel(name: Cheat): Kernel {
  const code = `
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> memo: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  let width = params.width;
  if (row >= params.rows) { return; }
  let start = row * width;
  let unused = memo[0];${bodies[name]}
}`;
  return {
    name: `cheat_${name.replaceAll(" ", "_")}`,
    code,
    workgroups: ({ rows }) => linearGrid(rows, 8),
    flops: ({ rows, width }) => (name === "false costs" ? 1e7 : 1) * 6 * rows * width,
    bytes: ({ rows, width }) => (name === "false costs" ? 1e7 : 1) * 8 * rows * width,
    iterations: ({ width }) => 5 * loop(width),
  };
}

function record(name: Cheat) {
  return defineOperation<{ x: Tensor; memo: Tensor }, void, void>({
    name: `cheat ${name}`,
    forward(step: Step, { x, memo }) {
      const [rows, width] = x.shape;
      const y = step.empty(x.shape, "softmax");
      step.run(kernel(name), { x, memo, y }, { rows, width });
      return { output: y, saved: undefined };
    },
    backward(step, { inputs: { x }, output: y, dy, gradient }) {
      const [rows, width] = x.shape;
      step.run(softmaxBackward(step.device.adapterClass, width), { y, dy, dx: gradient("x")! }, {
        rows,
        width,
      });
    },
  });
}

/** A softmax whose variants are an honest kernel and all cheats; `memo` is memory of their own that outlives a replay. */
export function cheatingCase(onMemo: (memo: Tensor) => void = () => {}): KernelCase {
  const of = (sizes: typeof cheatSizes) => softmaxReference(sizes.rows, sizes.width);
  const names = Object.keys(bodies) as Cheat[];
  const softmax = operationCase({
    name: "softmax",
    summary: "softmax, honest and not",
    sizes: cheatSizes,
    loud: { x: { grid: 1 / 32, shift: 200 } },
    variants: Object.fromEntries(
      names.map((
        name,
      ) => [name, (step: Step, { x, memo }: Record<string, Tensor>) => record(name)(step, { x, memo })]),
    ),
    inputs: ({ rows, width }, random: RandomValues): Record<string, CaseInput> => ({
      x: { shape: [rows, width], values: random.floats(rows * width, 3) },
      memo: { shape: [rows, width], values: new Float32Array(rows * width), gradient: false },
    }),
    reference: (sizes) => of(sizes as typeof cheatSizes),
  });
  return {
    ...softmax,
    async prepare(engine, variant, sizes, random) {
      const prepared = await softmax.prepare(engine, variant, sizes, random);
      const { memo, ...inputs } = prepared.inputs;
      onMemo(memo.tensor);
      if (variant === "one seed") {
        // It knows the answer to the inputs that it was given to prepare.
        const answer = of(sizes as typeof cheatSizes).forward({ x: inputs.x.values });
        const { buffer, offset } = prepared.plan.location(memo.tensor);
        engine.device.queue.writeBuffer(buffer, offset, Float32Array.from(answer));
      }
      return { ...prepared, inputs };
    },
  };
}
