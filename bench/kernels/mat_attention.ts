import type { Engine, Step } from "../../engine/mod.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { matAttention } from "../../models/ops/mat_attention.ts";
import { matAttentionNaive } from "../naive/mat_attention_naive.ts";
import type { HostInputs, KernelCase, PreparedCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import { matAttentionReference } from "../reference/mat_attention.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

const lambda = 0.33;

/** Where molecules of some sizes lie when they are packed: tiles for the product, a place a row for the naive twin. */
function pack(nodes: readonly number[]) {
  const tiles: number[] = [];
  const places: number[] = [];
  let [first, pair] = [0, 0];
  for (const count of nodes) {
    for (let i = 0; i < count; i += 4) tiles.push(first + i, first, count | (count << 16), pair);
    for (let i = 0; i < count; i++) places.push(first, count, pair + i * count, count);
    first += count;
    pair += count * count;
  }
  return { tiles: Uint32Array.from(tiles), places: Uint32Array.from(places), rows: first, pairs: pair };
}

async function prepare(
  engine: Engine,
  variant: string,
  { molecules, nodes, width, heads }: Sizes,
  random: RandomValues,
): Promise<PreparedCase> {
  // Between half and one and a half of the mean, as drugs are.
  const counts = Array.from({ length: molecules }, () => 1 + Math.floor(nodes * (0.5 + random.next())));
  const packed = pack(counts);
  const { rows, pairs } = packed;
  const host = {
    q: random.floats(rows * width),
    k: random.floats(rows * width),
    v: random.floats(rows * width),
    constant: random.floats(pairs).map(Math.abs),
  };
  const upstream = random.floats(rows * width);
  const table = (name: "q" | "k" | "v") => engine.constant([rows, width], host[name], name, true);
  const [q, k, v] = [table("q"), table("k"), table("v")];
  const constant = engine.constant([pairs], host.constant, "constant");
  const dy = engine.constant([rows, width], upstream, "dy");
  const attend = (step: Step) => {
    if (variant === "naive") {
      const places = engine.constant([rows, 4], packed.places, "places");
      return matAttentionNaive(step, { q, k, v, constant, places }, {
        heads,
        lambda,
        most: Math.max(...counts),
      });
    }
    const tiles = engine.constant([packed.tiles.length / 4, 4], packed.tiles, "tiles");
    return matAttention(step, { qkv: concatColumns(step, [q, k, v]), constant, tiles }, { heads, lambda });
  };
  const { plan, result: kept } = await engine.record(`mat-attention ${variant}`, (step) => {
    const y = attend(step);
    step.backward(y, dy);
    const gradients = Object.entries({ q, k, v }).map(([name, tensor]) =>
      [name, step.gradient(tensor)!] as const
    );
    return [["y", y] as const, ...gradients].map(([name, tensor]) => [name, step.keep(tensor)] as const);
  });
  return {
    plan,
    inputs: boundInputs({ q, k, v, constant, upstream: dy }, { ...host, upstream }),
    results: kept.map(([name, tensor]) => keptResult(plan, name, tensor)),
    expected({ upstream, ...values }: HostInputs) {
      const reference = matAttentionReference({
        molecules: counts.map((count) => ({ rows: count, keys: count })),
        heads,
        depth: width / heads,
        lambda,
        rows,
      });
      return { y: reference.forward(values), ...reference.backward(values, upstream) };
    },
  };
}

/** The molecule attention over packed molecules, fused and naive. */
export const matAttentionCase: KernelCase = {
  name: "mat-attention",
  summary: "molecule attention over packed molecules: softmax, distance and adjacency terms",
  sizes: { molecules: 32, nodes: 27, width: 64, heads: 4 },
  variants: ["fused", "naive"],
  skip: (_variant, { width, heads }) =>
    width % heads === 0 ? undefined : `${heads} heads do not divide a width of ${width}`,
  flops: ({ width, heads }, { constant }) => constant.values.length * (14 * width + 20 * heads),
  // Far from zero: scores beyond what single precision can raise e to, whose differences stay small.
  loud: { q: { grid: 1 / 32, shift: 7 }, k: { grid: 1 / 32, shift: 7 } },
  prepare,
};
