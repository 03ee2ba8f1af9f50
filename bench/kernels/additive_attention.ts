import type { Engine, Tensor } from "../../engine/mod.ts";
import { additiveWeights } from "../../models/ops/additive_weights.ts";
import { additiveWeightsMaterialised } from "../naive/additive_weights_materialised.ts";
import { attentionValues } from "../../engine/ops/attention_values.ts";
import type { KernelCase, PreparedCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import { referenceAdditive } from "../reference/additive_attention.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

async function prepare(
  engine: Engine,
  variant: string,
  { genes: queries, keys, depth, heads, batch: samples }: Sizes,
  random: RandomValues,
): Promise<PreparedCase> {
  const width = heads * depth;
  const host = {
    q: random.floats(queries * width),
    k: random.floats(samples * keys * width),
    v: random.floats(samples * keys * width),
    bias: random.floats(depth, 0.1),
    vector: random.floats(depth),
    offset: random.floats(1),
  };
  const upstream = random.floats(samples * queries * width);
  const shapes = {
    q: [queries, width],
    k: [samples * keys, width],
    v: [samples * keys, width],
    bias: [depth],
    vector: [depth],
    offset: [1],
  };
  const names = Object.keys(host) as (keyof typeof host)[];
  const tensors = Object.fromEntries(
    names.map((name) => [name, engine.constant(shapes[name], host[name], name, true)]),
  ) as Record<keyof typeof host, Tensor>;
  const dy = engine.constant([samples * queries, width], upstream, "upstream");
  const layout = { samples, heads, sharedQueries: true };
  const { plan, result: kept } = await engine.record(`additive-attention ${variant}`, (step) => {
    const { v, ...scored } = tensors;
    const naive = variant === "naive";
    const weights = naive
      ? additiveWeightsMaterialised(step, scored, layout)
      : additiveWeights(step, scored, { ...layout, tanh: variant === "exact" ? "exact" : "auto" });
    const values = { weights, v };
    const y = attentionValues(step, values, { ...layout, queries, variant: naive ? "naive" : undefined });
    step.backward(y, dy);
    // The gradient of the offset is 0 without a mask: only rounding is left to compare.
    const gradients = names.filter((name) => name !== "offset");
    const results = [
      ["y", y],
      ...gradients.map((name) => [name, step.gradient(tensors[name])!] as const),
    ] as const;
    return results.map(([name, tensor]) => [name, step.keep(tensor)] as const);
  });
  const inputs = boundInputs({ ...tensors, upstream: dy }, { ...host, upstream });
  return {
    plan,
    inputs,
    results: kept.map(([name, tensor]) => keptResult(plan, name, tensor)),
    expected({ upstream, ...values }) {
      const sizes = { samples, heads, queries, keys, depth, shared: true };
      const none = new Float32Array(heads * samples * queries * keys);
      const { y, gradients } = referenceAdditive(values as typeof host, sizes, upstream, none);
      return { y, ...gradients };
    },
  };
}

/** Additive attention of queries that all samples share, scores to values, as in BADGER's pathway-gene block. */
export const additiveAttentionCase: KernelCase = {
  name: "additive-attention",
  summary: "additive attention without its projections; fused decides on the device how to find tanh",
  sizes: { genes: 978, keys: 141, depth: 64, heads: 2, batch: 1 },
  variants: ["fused", "exact", "naive"],
  skip: (variant, { batch }) =>
    variant === "naive" && batch > 4
      ? "the materialised form keeps 70 MB a sample at the default sizes; run it with batch up to 4"
      : undefined,
  flops: ({ genes, keys, depth, heads, batch }) => genes * keys * heads * batch * (23 * depth + 12),
  // Every score beyond what single precision can raise e to; the weights depend on their differences alone.
  loud: { offset: { shift: 120 } },
  prepare,
};
