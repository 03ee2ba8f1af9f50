import type { AdapterClass } from "../engine/mod.ts";
import type { KernelCase, Sizes } from "./kernel_case.ts";
import type { SuiteEntry } from "./suite.ts";

/** A kernel at one set of sizes, as one point of a sweep or by itself. */
export interface PlannedPoint {
  readonly sizes: Sizes;
  /** Name of the size that this point's sweep varies; absent for single points. */
  readonly axis?: string;
}

/** Which sizes a kernel is measured at. */
export interface SweepChoice {
  /** Names of the sizes to sweep; empty: all that the suite names. Undefined: no sweep. */
  readonly sweep?: readonly string[];
  /** The baseline's sizes instead of the default ones. */
  readonly guard?: boolean;
}

/**
 * Points to measure: the given sizes, then one sweep a size with the others held, then the shapes of the models.
 * A point that occurs in several sweeps is measured in each, since every sweep is fitted by itself.
 */
export function plannedPoints(
  given: Sizes,
  { axes = {}, shapes = {}, guard }: SuiteEntry,
  choice: SweepChoice,
): PlannedPoint[] {
  if (choice.guard) return guard ? [{ sizes: { ...given, ...guard } }] : [];
  if (!choice.sweep) return [{ sizes: given }];
  const wanted = choice.sweep;
  const swept = Object.entries(axes).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  return [
    ...(wanted.length === 0 ? [{ sizes: given }] : []),
    ...swept.flatMap(([axis, values]) =>
      values.map((value) => ({ sizes: { ...given, [axis]: value }, axis }))
    ),
    ...(wanted.length === 0 ? Object.values(shapes).map((sizes) => ({ sizes: { ...given, ...sizes } })) : []),
  ];
}

/** Variants to measure on a class of adapters: those asked for, else the suite's. */
export function plannedVariants(
  { variants }: KernelCase,
  { byDefault }: SuiteEntry,
  adapterClass: AdapterClass,
  { asked, full }: { readonly asked?: readonly string[]; readonly full?: boolean },
): readonly string[] {
  return asked ?? (full ? variants : byDefault?.[adapterClass] ?? variants);
}
