import type { Roofline } from "./roofline/roofline.ts";

/** Ceilings are measured, not known: this much above one is still their noise. */
const slack = 1.25;

/**
 * Why rates cannot be: above what plain arithmetic, or the fastest memory, reached on this adapter in this run, both at the
 * speed that the machine had then (`speed`: how much faster it was than when the ceilings were measured). Undefined
 * where they can.
 */
export function impossible(
  rates: { readonly gflops: number; readonly gbs: number },
  ceilings: Roofline | undefined,
  speed = 1,
): string | undefined {
  if (!ceilings) return undefined;
  const named = [
    ["GFLOP/s", rates.gflops, Math.max(ceilings.gflops, ceilings.f16_gflops ?? 0), "arithmetic"],
    ["GB/s", rates.gbs, ceilings.fastest_gbs ?? ceilings.gbs, "the fastest memory"],
  ] as const;
  for (const [unit, rate, ceiling, what] of named) {
    if (rate <= slack * speed * ceiling) continue;
    return `${rate.toPrecision(3)} ${unit} are more than ${what} reached here (${
      (speed * ceiling).toPrecision(3)
    }): ` +
      "the work was not done, or its cost model is wrong";
  }
}
