import { defineOperation, LossRing, Parameters, recordOptimizer, type Tensor } from "../../engine/mod.ts";
import { copy, fill } from "../../kernels/add/add.ts";
import type { KernelCase } from "../kernel_case.ts";
import { boundInputs } from "./kept_result.ts";

const weightDecay = 0.01;
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** A loss of 0 whose gradient is given: the optimiser is what is measured. */
const prescribed = defineOperation<{ weight: Tensor; gradient: Tensor }, void, void>({
  name: "prescribed_gradient",
  forward(step) {
    const output = step.empty([1], "loss");
    step.run(fill, { into: output }, { n: 1, value: 0 });
    return { output, saved: undefined };
  },
  backward(step, { inputs: { gradient: source }, gradient }) {
    const into = gradient("weight")!;
    step.run(copy, { into, source }, { n: into.size });
  },
});

/** The end of a training step: gradient norm, ring entry and Adam over one flat buffer. */
export const optimizerCase: KernelCase = {
  name: "optimizer",
  summary: "gradient norm, ring entry and Adam over all parameters in one flat buffer",
  sizes: { parameters: 1_000_000 },
  variants: ["adam"],
  async prepare(engine, _variant, { parameters: count }, random) {
    const { device } = engine;
    const spec = { key: "weight", shape: [count], kind: "parameter", trainable: true } as const;
    const parameters = new Parameters(device, [spec]);
    const ring = new LossRing(device);
    const values = random.floats(count);
    // Adam divides a gradient by its own size: near zero, rounding alone decides where a parameter goes.
    const gradients = random.floats(count, 0.1).map((value) => value + (value < 0 ? -0.05 : 0.05));
    parameters.write(spec.key, values);
    const weight = parameters.get(spec.key);
    const gradient = engine.constant(weight.shape, gradients, "prescribed gradient");
    const { plan } = await engine.record("optimizer", (step) => {
      const loss = prescribed(step, { weight, gradient });
      step.backward(loss, engine.one);
      recordOptimizer(step, parameters, loss, ring, { kind: "adam", weightDecay });
    });
    const learningRate = 1e-2;
    const zero = new Float32Array(count);
    return {
      plan,
      values: { step: 0, seed: 0, learningRate },
      inputs: boundInputs({ weight, gradient }, { weight: values, gradient: gradients }),
      results: [
        { name: "weight", read: async () => (await parameters.values()).get(spec.key)! },
        { name: "first", read: async () => (await parameters.moments()).first.get(spec.key)! },
        { name: "second", read: async () => (await parameters.moments()).second.get(spec.key)! },
      ].map((result) => ({ ...result, pass: "forward", length: count })),
      reset: () => parameters.writeMoments(spec.key, zero, zero, 0),
      expected({ weight, gradient }) {
        const first = new Float64Array(count);
        const second = new Float64Array(count);
        const moved = new Float64Array(count);
        for (let i = 0; i < count; i++) {
          const slope = gradient[i] + weightDecay * weight[i];
          first[i] = (1 - beta1) * slope;
          second[i] = (1 - beta2) * slope ** 2;
          moved[i] = weight[i] -
            learningRate * (first[i] / (1 - beta1)) / (Math.sqrt(second[i] / (1 - beta2)) + epsilon);
        }
        return { weight: moved, first, second };
      },
      dispose() {
        parameters.dispose();
        ring.dispose();
      },
    };
  },
};
