import { softmaxBackward, softmaxForward } from "../../kernels/softmax/softmax.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Softmax over the last dimension. Shapes: x [.., width] -> same. */
export const softmax: (step: Step, inputs: { x: Tensor }, attributes: void) => Tensor = defineOperation<
  { x: Tensor },
  void,
  void
>({
  name: "softmax",
  forward(step, { x }) {
    const width = x.shape.at(-1) ?? 1;
    const y = step.empty(x.shape, "softmax");
    step.run(softmaxForward(step.device.adapterClass, width), { x, y }, { rows: x.size / width, width });
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x }, output: y, dy, gradient }) {
    const width = x.shape.at(-1) ?? 1;
    const dx = gradient("x");
    if (dx) {
      step.run(softmaxBackward(step.device.adapterClass, width), { y, dy, dx }, {
        rows: x.size / width,
        width,
      });
    }
  },
});
