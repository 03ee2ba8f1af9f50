import type { Engine, Step } from "../../engine/mod.ts";
import { matAttention } from "../../models/ops/mat_attention.ts";
import { matAttentionNaive } from "../naive/mat_attention_naive.ts";
import type { KernelCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import { matAttentionReference } from "../reference/mat_attention.ts";
import { relativeError } from "../relative_error.ts";

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
) {
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
    return matAttention(step, { q, k, v, constant, tiles }, { heads, lambda });
  };
  const { plan, result: kept } = await engine.record(`mat-attention ${variant}`, (step) => {
    const y = attend(step);
    step.backward(y, dy);
    return [y, ...[q, k, v].map((tensor) => step.gradient(tensor)!)].map((tensor) => step.keep(tensor));
  });
  return {
    plan,
    async errors() {
      const reference = matAttentionReference({
        molecules: counts.map((count) => ({ rows: count, keys: count })),
        heads,
        depth: width / heads,
        lambda,
        rows,
      });
      const gradients = reference.backward(host, upstream);
      const errors: number[] = [];
      for (const [i, values] of [reference.forward(host), gradients.q, gradients.k, gradients.v].entries()) {
        errors.push(relativeError(new Float32Array(await plan.read(kept[i])), values));
      }
      return { forward: errors[0], backward: Math.max(...errors.slice(1)) };
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
  prepare,
};
