import type { HostArray, Plan, Tensor } from "../../engine/mod.ts";
import type { BoundInput, CaseResult } from "../kernel_case.ts";

/** A kept tensor as a result: the output is called y, a gradient as its input. */
export function keptResult(plan: Plan, name: string, tensor: Tensor): CaseResult {
  return {
    name,
    pass: name === "y" ? "forward" : "backward",
    length: tensor.size,
    read: async () => new Float32Array(await plan.read(tensor)),
  };
}

/** Tensors with their values, by name. */
export function boundInputs(
  tensors: Readonly<Record<string, Tensor>>,
  values: Readonly<Record<string, HostArray>>,
  fixed: readonly string[] = [],
): Readonly<Record<string, BoundInput>> {
  const entries = Object.entries(tensors).map(([name, tensor]) =>
    [name, { tensor, values: values[name], fixed: fixed.includes(name) }] as const
  );
  return Object.fromEntries(entries);
}
