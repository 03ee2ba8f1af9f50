import { fill } from "../../kernels/add/add.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Records the filling of a tensor with zeros. */
export function zero(step: Step, into: Tensor): void {
  step.run(fill, { into }, { n: into.size, value: 0 });
}
