import type { Tensor } from "../../engine/mod.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import type { KernelCase } from "../kernel_case.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

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
      inputs: boundInputs({ x, upstream: dy }, { x: values, upstream }),
      results: ["y", "x"].map((name, i) => keptResult(plan, name, kept[i])),
      expected({ x, upstream }) {
        const factors = Float64Array.from(x, (value) => value > 0 ? 1 : slope ** depth);
        return {
          y: factors.map((factor, i) => factor * x[i]),
          x: factors.map((factor, i) => factor * upstream[i]),
        };
      },
    };
  },
};
