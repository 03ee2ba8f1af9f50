import { elementwise, type Stage } from "../../engine/ops/elementwise.ts";
import type { KernelCase } from "../kernel_case.ts";
import { elementwiseReference } from "../reference/elementwise.ts";
import { operationCase, randomInput } from "./operation_case.ts";

const stages: readonly Stage[] = [
  { kind: "affine", scale: 1.5, shift: 0.1 },
  { kind: "sigmoid" },
  { kind: "square" },
];

/** A chain of element-wise functions in one kernel, and one kernel a function. */
export const elementwiseCase: KernelCase = operationCase({
  name: "elementwise",
  summary: "affine, sigmoid, square: one fused kernel | naive: one kernel a function, nothing fused",
  sizes: { elements: 262_144 },
  variants: {
    fused: (step, { x }) => elementwise(step, { x }, { stages }),
    naive: (step, { x }) => stages.reduce((y, stage) => elementwise(step, { x: y }, { stages: [stage] }), x),
  },
  inputs: ({ elements }, random) => ({ x: randomInput(random, [elements]) }),
  reference: () => elementwiseReference(stages),
});
