import type { Engine, TuningTable, Uniforms } from "../../engine/mod.ts";
import type { ProfiledCall } from "./profile_calls.ts";
import { tunedWorks } from "./tuned/mod.ts";
import type { TunedWork } from "./tuned/work.ts";
import { tuneShape } from "./tune_shapes.ts";

/** What the variants of a call's work take at its class of shapes. */
export interface VariantTimes {
  readonly tunable: string;
  readonly shape: string;
  /** Where the times are from. */
  readonly source: "the tuner's table" | "measured now";
  /** Median milliseconds by variant, fastest first; null where a result was wrong. */
  readonly variants: readonly { readonly choice: string | number; readonly ms: number | null }[];
}

/** Kernels whose variants the tuner knows, by the part of a tunable's name before the point. */
const kernels: Readonly<Record<string, RegExp>> = {
  matmul: /^matmul_/,
  csg2a: /^csg2a_/,
  dotAttention: /^(dot_|attention_|gene_attention)/,
  additiveAttention: /^additive_/,
};

/** A product of more operations is not measured beside a profile: its float64 alone would take long. */
const mostFlops = 2e8;

/** The choice that decides which kernel a call runs, where the tuner has one. */
export function tunedWorkOf(kernel: string): TunedWork | undefined {
  return tunedWorks.find(({ tunable }) => kernels[tunable.name.split(".")[0]]?.test(kernel));
}

/** Classes of shapes that a dispatch may belong to, as far as its uniforms tell. */
function shapesOf({ tunable }: TunedWork, uniforms: Uniforms): string[] {
  const roles: Uniforms[] = [{ self: 0, shared: 0 }, { self: 1, shared: 1 }];
  const shapes = roles.map((role) => tunable.shapeClass({ ...role, ...uniforms }));
  return [...new Set(shapes)].filter((shape) => !shape.includes("NaN") && !shape.includes("undefined"));
}

/**
 * Times of the variants of a call's work: those that the tuner kept, or, where it has none for the shape, those of a short race
 * now, of matrix products that are not too large. Undefined where neither can be.
 */
export async function variantTimes(
  engine: Engine,
  { kernel, uniforms, flops }: Pick<ProfiledCall, "kernel" | "uniforms" | "flops">,
  table: TuningTable | undefined,
): Promise<VariantTimes | undefined> {
  const work = tunedWorkOf(kernel);
  if (!work) return undefined;
  const { name } = work.tunable;
  const shapes = shapesOf(work, uniforms);
  const kept = table?.entries.find(({ tunable, shape }) => tunable === name && shapes.includes(shape));
  if (kept) {
    const { choice, ms, byRule, msByRule, candidates } = kept;
    const told = candidates ??
      [{ choice, ms }, ...choice === byRule ? [] : [{ choice: byRule, ms: msByRule }]];
    return { tunable: name, shape: kept.shape, source: "the tuner's table", variants: byTime(told) };
  }
  const [shape] = shapes;
  if (name !== "matmul.variant" || shape === undefined || flops > mostFlops) return undefined;
  const { m, n, k, batches, a_column, b_column } = uniforms;
  const sizes = { m, n, k, batches, a_column, b_column };
  const { candidates } = await tuneShape(engine, { work, shape, sizes }, {
    seed: 1,
    rounds: 3,
    tolerance: 2e-5,
  });
  return { tunable: name, shape, source: "measured now", variants: byTime(candidates ?? []) };
}

function byTime(variants: VariantTimes["variants"]): VariantTimes["variants"] {
  return variants.map(({ choice, ms }) => ({ choice, ms }))
    .toSorted((a, b) => (a.ms ?? Infinity) - (b.ms ?? Infinity));
}
