/**
 * What descriptors state of their loops, against what threads run: every `for` of every dispatch of the benchmark's registry is
 * made to count its turns, the one in which it is left among them, and the most that any thread ran is read back. Cases name the
 * kernel of each variant; PERTURBINE_LONG_TESTS=1 also goes through what they leave to the class of the adapter, for GPUs.
 */
import assert from "node:assert/strict";
import { kernelCases } from "../../bench/kernels/mod.ts";
import type { Dispatch, Engine, Plan, Step, Tensor } from "../../engine/mod.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { smallSizes } from "../support/small_sizes.ts";
import { longTests } from "../support/long_tests.ts";

const counting = `
@group(0) @binding(31) var<storage, read_write> most_turns: array<atomic<u32>>;
var<private> turns: u32;
fn turn(on: bool) -> bool { turns++; atomicMax(&most_turns[0], turns); return on; }
`;

function counted({ kernel, compiled, bindings, uniforms }: Dispatch, step: Step, counter: Tensor): void {
  // The WGSL of a kernel before it was made ready for an implementation.
  const code = kernel.code.replace(/\bfor\s*\(([^;]*);([^;]*);/g, "for ($1; turn($2);");
  const tensors = Object.fromEntries(compiled.layout.storage.map(({ name }, k) => [name, bindings[k]]));
  step.run({ ...kernel, code: counting + code }, { ...tensors, most_turns: counter }, uniforms);
}

/** Kernels with a loop whose length lies in data, or that return at once by what lies there: they may run far less. */
const lengthInData =
  /^(additive_.*_exact|bit_linear|csg2a_(expand_genes|gradient_inputs|naive_add_ppi)|degree_|neighbour_sum|gather_adjoint|matmul_matrix_units)/;

/** The most turns of a thread, by dispatch. */
async function turnsOf(engine: Engine, plan: Plan): Promise<number[]> {
  const counters = plan.dispatches.map((_, k) => engine.constant([1], new Uint32Array(1), `turns of ${k}`));
  const { plan: counting } = await engine.record("counting", (step) => {
    step.inputs.push(...plan.step.inputs);
    for (const tensor of plan.step.placeholders) step.placeholders.add(tensor);
    plan.dispatches.forEach((dispatch, k) => counted(dispatch, step, counters[k]));
  });
  counting.replay(
    new Map(plan.step.inputs.map((tensor) => [tensor, new Float32Array(tensor.size)])),
    engine.still,
  );
  const turns: number[] = [];
  for (const counter of counters) turns.push(new Uint32Array(await counting.read(counter))[0]);
  return turns;
}

for (const kernel of kernelCases) {
  gpuTest(
    `${kernel.name}: no thread runs more loop iterations than its kernel states, nor far fewer`,
    async (engine) => {
      let loops = 0;
      for (const variant of kernel.variants) {
        const sizes = { ...kernel.sizes, ...smallSizes[kernel.name] };
        const features = new Set<string>(engine.device.adapter.features);
        if (kernel.skip?.(variant, sizes, features)) continue;
        const { plan, dispose } = await kernel.prepare(engine, variant, sizes, new RandomValues(5));
        const turns = await turnsOf(engine, plan);
        plan.dispatches.forEach(({ kernel: { name, iterations, code }, uniforms }, k) => {
          const stated = iterations(uniforms);
          const what = `${kernel.name} ${variant}: ${name} at ${JSON.stringify(uniforms)}`;
          assert.ok(turns[k] <= stated, `${what} ran ${turns[k]}, states ${stated}`);
          // A statement that is far too large would refuse what runs.
          const near = stated <= 2 * turns[k] + 70 || lengthInData.test(name);
          assert.ok(near, `${what} ran ${turns[k]}, states ${stated}`);
          assert.equal(stated > 0, /\bfor\b/.test(code.replace(/\/\/.*/g, "")), `${what} states ${stated}`);
          loops += turns[k];
        });
        dispose?.();
        await engine.device.idle();
        engine.workspace.dispose();
      }
      assert.ok(loops > 0 || ["elementwise", "replay"].includes(kernel.name), "no loop ran");
    },
    longTests ? undefined : ["software"],
  );
}

releaseEngines();
