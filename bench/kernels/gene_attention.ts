import type { Engine } from "../../engine/mod.ts";
import { dotAttention, type DotAttentionForm } from "../../engine/ops/dot_attention.ts";
import type { KernelCase, PreparedCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import { referenceDotAttention } from "../reference/attention.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

async function prepare(
  engine: Engine,
  variant: string,
  { genes, depth, heads, batch: samples }: Sizes,
  random: RandomValues,
): Promise<PreparedCase> {
  const width = heads * depth;
  const host = random.floats(samples * genes * width);
  const upstream = random.floats(samples * genes * width);
  const x = engine.constant([samples * genes, width], host, "x", true);
  const dy = engine.constant([samples * genes, width], upstream, "upstream");
  const { plan, result } = await engine.record(`gene-attention ${variant}`, (step) => {
    const form = variant as DotAttentionForm;
    const y = dotAttention(step, { q: x, k: x, v: x }, { samples, heads, form });
    step.backward(y, dy);
    return { y: step.keep(y), dx: step.keep(step.gradient(x)!) };
  });
  return {
    plan,
    inputs: boundInputs({ x, upstream: dy }, { x: host, upstream }),
    results: [keptResult(plan, "y", result.y), keptResult(plan, "x", result.dx)],
    expected({ x, upstream }) {
      const sizes = { samples, heads, queries: genes, keys: genes, depth };
      const { y, dq, dk, dv } = referenceDotAttention(
        { q: x, k: x, v: x },
        sizes,
        1 / Math.sqrt(depth),
        upstream,
      );
      return { y, x: dq.map((value, i) => value + dk[i] + dv[i]) };
    },
  };
}

/** Self attention over the genes, queries = keys = values, as in BADGER's gene-gene block. */
export const geneAttentionCase: KernelCase = {
  name: "gene-attention",
  summary: "scaled dot self attention over genes",
  sizes: { genes: 978, depth: 64, heads: 2, batch: 1 },
  variants: ["stored", "streaming", "naive"],
  flops: ({ genes, depth, heads, batch }) => genes ** 2 * heads * batch * (12 * depth + 12.5),
  // Far from zero: scores beyond what single precision can raise e to, whose differences stay small.
  loud: { x: { grid: 1 / 32, shift: 7 } },
  prepare,
};
