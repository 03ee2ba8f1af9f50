import type { Engine, Step } from "../../engine/mod.ts";
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
  const host = { qkv: random.floats(3 * rows * width), constant: random.floats(pairs).map(Math.abs) };
  const upstream = random.floats(rows * width);
  const qkv = engine.constant([rows, 3 * width], host.qkv, "qkv", true);
  const constant = engine.constant([pairs], host.constant, "constant");
  const dy = engine.constant([rows, width], upstream, "dy");
  const attend = (step: Step) => {
    if (variant === "naive") {
      const places = engine.constant([rows, 4], packed.places, "places");
      return matAttentionNaive(step, { qkv, constant, places }, {
        heads,
        lambda,
        most: Math.max(...counts),
      });
    }
    const tiles = engine.constant([packed.tiles.length / 4, 4], packed.tiles, "tiles");
    return matAttention(step, { qkv, constant, tiles }, { heads, lambda });
  };
  const { plan, result: kept } = await engine.record(`mat-attention ${variant}`, (step) => {
    const y = attend(step);
    step.backward(y, dy);
    return [["y", step.keep(y)], ["qkv", step.keep(step.gradient(qkv)!)]] as const;
  });
  return {
    plan,
    inputs: boundInputs({ qkv, constant, upstream: dy }, { ...host, upstream }),
    results: kept.map(([name, tensor]) => keptResult(plan, name, tensor)),
    expected({ upstream, qkv, constant }: HostInputs) {
      const part = (p: number) =>
        Float64Array.from(
          { length: rows * width },
          (_, k) => qkv[(3 * Math.floor(k / width) + p) * width + k % width],
        );
      const values = { q: part(0), k: part(1), v: part(2), constant };
      const reference = matAttentionReference({
        molecules: counts.map((count) => ({ rows: count, keys: count })),
        heads,
        depth: width / heads,
        lambda,
        rows,
      });
      const { q, k, v } = reference.backward(values, upstream);
      const joined = Float64Array.from({ length: 3 * rows * width }, (_, at) => {
        const [row, column] = [Math.floor(at / (3 * width)), at % (3 * width)];
        return [q, k, v][Math.floor(column / width)][row * width + column % width];
      });
      return { y: reference.forward(values), qkv: joined };
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
  loud: { qkv: { grid: 1 / 32, shift: 7 } },
  prepare,
};
