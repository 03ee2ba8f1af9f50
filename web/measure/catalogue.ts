import type { KernelCase, Sizes } from "../../bench/kernel_case.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { plannedVariants } from "../../bench/kernel_plan.ts";
import { suite } from "../../bench/suite.ts";
import type { AdapterClass } from "../../engine/mod.ts";

/** Sizes at which the suite is run: those that its baseline guards, small and still telling, or the models' own. */
export type Scale = "small" | "whole";

/** A kernel of the suite as the page lists it. */
export interface Listed {
  readonly name: string;
  readonly summary: string;
  /** Its ladder, the product's first. */
  readonly variants: readonly string[];
  readonly sizes: Sizes;
}

/** Every kernel of the suite with the variants that this class of adapters runs. */
export function catalogue(adapterClass: AdapterClass, scale: Scale): Listed[] {
  return kernelCases.map((kernel) => {
    const entry = suite[kernel.name] ?? {};
    const { name, summary, sizes } = kernel;
    return {
      name,
      summary,
      variants: plannedVariants(kernel, entry, adapterClass, {}),
      sizes: scale === "small" ? { ...sizes, ...entry.guard } : sizes,
    };
  });
}

/** A kernel of the suite. @throws {RangeError} for a name that it does not have */
export function caseOf(name: string): KernelCase {
  const found = kernelCases.find((kernel) => kernel.name === name);
  if (found) return found;
  throw new RangeError(
    `the suite has no kernel "${name}", only ${kernelCases.map((kernel) => kernel.name).join(", ")}.`,
  );
}
