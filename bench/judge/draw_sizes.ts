import type { KernelCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";

/** Largest sizes of the draws: one small, one where workgroups and tiles are left and entered again. */
const largest = [24, 97];

/** Tries until a variant takes the sizes that were drawn. */
const tries = 100;

/** Sizes for the `draw`-th check beside the measured ones; undefined when the variant takes none. */
export function drawSizes(
  { sizes, least = {}, skip }: Pick<KernelCase, "sizes" | "least" | "skip">,
  variant: string,
  draw: number,
  random: RandomValues,
  features: ReadonlySet<string>,
): Sizes | undefined {
  for (let attempt = 0; attempt < tries; attempt++) {
    const drawn = Object.keys(sizes).map((name) => {
      const low = least[name] ?? 1;
      // Heads, batches and the like are small by nature: at most half as many again as measured.
      const high = Math.max(low, Math.min(largest[draw], Math.ceil(1.5 * sizes[name])));
      return [name, low + random.below(high - low + 1)] as const;
    });
    const given = Object.fromEntries(drawn);
    if (!skip?.(variant, given, features)) return given;
  }
}
