import { copy, fill } from "../../kernels/add/add.ts";
import { defineOperation, type Step, type Tensor } from "../../engine/mod.ts";

const feed = defineOperation<Record<string, Tensor>, { gradients: readonly Tensor[] }, void>({
  name: "feed_gradients",
  forward(step) {
    const output = step.empty([1], "fed");
    step.run(fill, { into: output }, { n: 1, value: 0 });
    return { output, saved: undefined };
  },
  backward(step, { inputs, attributes, gradient }) {
    Object.keys(inputs).forEach((name, k) => {
      const into = gradient(name);
      if (into) step.run(copy, { into, source: attributes.gradients[k] }, { n: into.size });
    });
  },
});

/** A scalar whose backward pass feeds a given gradient into each of several tensors: for operations of two outputs. */
export function feedGradients(
  step: Step,
  outputs: readonly Tensor[],
  gradients: readonly Tensor[],
): Tensor {
  return feed(step, Object.fromEntries(outputs.map((output, k) => [`output${k}`, output])), { gradients });
}
