import type { Tensor } from "../../engine/mod.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import type { KernelCase } from "../kernel_case.ts";
import { relativeError } from "../relative_error.ts";

const slope = 0.9;

/** A step of many tiny dispatches: what remains is what a launch costs the host and the queue. */
export const replayCase: KernelCase = {
  name: "replay",
  summary: "a step of tiny dispatches, half forward and half backward: the cost of a launch",
  sizes: { dispatches: 200, elements: 64 },
  variants: ["recorded"],
  async prepare(engine, _variant, { dispatches, elements }, random) {
    const depth = Math.max(1, Math.floor(dispatches / 2));
    const [values, upstream] = [random.floats(elements), random.floats(elements)];
    const x = engine.constant([elements], values, "x", true);
    const dy = engine.constant([elements], upstream, "dy");
    const { plan, result: kept } = await engine.record("replay", (step) => {
      let y: Tensor = x;
      for (let layer = 0; layer < depth; layer++) {
        y = elementwise(step, { x: y }, { stages: [{ kind: "leakyRelu", slope }] });
      }
      step.backward(y, dy);
      return [step.keep(y), step.keep(step.gradient(x)!)];
    });
    return {
      plan,
      async errors() {
        const factors = Array.from(values, (value) => value > 0 ? 1 : slope ** depth);
        const [y, dx] = await Promise.all(
          kept.map(async (tensor) => new Float32Array(await plan.read(tensor))),
        );
        return {
          forward: relativeError(y, factors.map((factor, i) => factor * values[i])),
          backward: relativeError(dx, factors.map((factor, i) => factor * upstream[i])),
        };
      },
    };
  },
};
