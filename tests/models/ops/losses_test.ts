import assert from "node:assert/strict";
import { Engine, type Step, type Tensor } from "../../../engine/mod.ts";
import { absoluteErrorLoss } from "../../../models/ops/losses/absolute_error_loss.ts";
import { batchItemWeights, trainItemWeights } from "../../../models/ops/losses/item_weights.ts";
import { labelOrder } from "../../../models/ops/losses/label_order.ts";
import { type LossName, lossNames, lossNeeds, mainLoss } from "../../../models/ops/losses/main_loss.ts";
import { pathwayLoss } from "../../../models/ops/losses/pathway_loss.ts";
import { pathwayScores } from "../../../models/ops/losses/pathway_scores.ts";
import { spreadoutLoss } from "../../../models/ops/losses/spreadout_loss.ts";
import { checkByDifferences, numbers } from "../../support/check_by_differences.ts";

const engine = await Engine.open(navigator.gpu, { poison: true });
globalThis.addEventListener("unload", () => engine.dispose());

type Build = (step: Step, t: Record<string, Tensor>) => Tensor;
type Row = (p: Float64Array, t: Float64Array, w: Float64Array) => number;

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const logSum = (x: readonly number[]) => {
  const most = x.reduce((a, b) => Math.max(a, b), -Infinity);
  return most + Math.log(x.reduce((sum, value) => sum + Math.exp(value - most), 0));
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const descending = (t: Float64Array) => [...t.keys()].sort((a, b) => t[b] - t[a]);

/** One row of each loss by the book (badger.md 3.1), in float64; means over rows and entries follow. */
const cosine: Row = (p, t) =>
  (1 - dot(p, t) / Math.max(Math.sqrt(dot(p, p)), 1e-8) / Math.max(Math.sqrt(dot(t, t)), 1e-8)) / 0.5;
const squared: Row = (p, t, w) => p.reduce((sum, value, i) => sum + w[i] * (value - t[i]) ** 2, 0) / p.length;
const meanOf = (entry: (d: number) => number): Row => (p, t) =>
  p.reduce((sum, value, i) => sum + entry(Math.abs(value - t[i])), 0) / p.length;
const shrinkage = meanOf((e) => e * e / (1 + Math.exp(10 * (0.2 - e))));
const dynamic = meanOf((e) => (e > 2 ? e : e / 2) * e * e);
const ranknet: Row = (p, t, w) => {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    for (let j = i + 1; j < p.length; j++) {
      const s = p[i] - p[j];
      sum += w[i] *
        (0.5 * (1 - Math.sign(t[i] - t[j])) * s + Math.log1p(Math.exp(-Math.abs(s))) + Math.max(-s, 0));
    }
  }
  return sum;
};
const listnet: Row = (p, t) => {
  const [lp, lt] = [logSum([...p]), logSum([...t])];
  return -t.reduce((sum, value, i) => sum + Math.exp(value - lt) * (p[i] - lp), 0);
};
const listmle: Row = (p, t) => {
  let tail = -Infinity, sum = 0;
  for (const i of descending(t).reverse()) {
    tail = logSum([tail, p[i]]);
    sum += tail - p[i];
  }
  return sum;
};
const ndcg: Row = (p, t) => {
  const gain = (value: number) => 2 ** value - 1;
  const ranks = p.map((value) =>
    p.reduce((sum, other) => sum + (other === value ? 0 : sigmoid(-50 * (value - other))), 0.5)
  );
  const found = t.reduce((sum, value, i) => sum + gain(value) / Math.log2(ranks[i] + 1), 0);
  const ideal = descending(t).reduce((sum, i, k) => sum + gain(t[i]) / Math.log2(k + 2), 0);
  return ideal === 0 ? 0 : -found / ideal;
};
const sumOf = (a: number, first: Row, b: number, second: Row): Row => (p, t, w) =>
  a * first(p, t, w) + b * second(p, t, w);

/** What a loss does to a row, and whether rows are averaged. */
function reference(name: LossName): { row: Row; mean: boolean } {
  if (name === "point_wise_shrinkage") return { row: shrinkage, mean: true };
  if (name === "point_wise_mse_dynamic") return { row: dynamic, mean: true };
  if (name === "list_wise_rankcosine") return { row: cosine, mean: true };
  if (name === "list_wise_rankcosine_sum") return { row: cosine, mean: false };
  if (name === "list_wise_listnet") return { row: listnet, mean: true };
  if (name === "list_wise_listmle") return { row: listmle, mean: true };
  if (name === "list_wise_ndcg") return { row: ndcg, mean: true };
  if (name.startsWith("pair_wise_ranknet")) return { row: ranknet, mean: false };
  if (name.endsWith("skewed_normal") && name.startsWith("hybrid")) {
    return { row: sumOf(0.5, cosine, 0.5, squared), mean: true };
  }
  return { row: name.startsWith("hybrid") ? sumOf(1, cosine, 1, squared) : squared, mean: true };
}

/** Kernels apart, one name each; the other weightings differ in the weights only. */
const distinct: readonly LossName[] = [
  "point_wise_mse",
  "point_wise_shrinkage",
  "point_wise_mse_dynamic",
  "point_wise_mse_trainweighted_idf",
  "list_wise_rankcosine",
  "list_wise_rankcosine_sum",
  "list_wise_listnet",
  "list_wise_listmle",
  "list_wise_ndcg",
  "pair_wise_ranknet",
  "pair_wise_ranknet_trainweighted_idf",
  "hybrid_cosine_mse",
  "hybrid_cosine_mse_trainweighted_skewed_normal",
];

async function checkMain(name: LossName, rows: number, width: number, scale: number, entries: number) {
  const target = numbers(rows * width, 5, 3);
  const { row, mean } = reference(name);
  const weights = numbers(width, 9).map((value) => value + 1.5) as Float32Array<ArrayBuffer>;
  await checkByDifferences(engine, {
    name: `${name} ${rows}x${width}`,
    inputs: {
      prediction: { shape: [rows, width], values: numbers(rows * width, 3, scale), wants: true },
      target: { shape: [rows, width], values: target },
      weights: { shape: [width], values: weights },
      order: { shape: [rows, width], values: labelOrder(target, width) },
    },
    build: ((step, { prediction, target, weights, order }) =>
      mainLoss(step, name, { prediction, target, weights, order })) as Build,
    reference: ({ prediction, target, weights }) => {
      const w = lossNeeds(name).weights ? weights : weights.map(() =>
        1
      );
      let sum = 0;
      for (let r = 0; r < rows; r++) {
        const part = (values: Float64Array) => values.subarray(r * width, (r + 1) * width);
        sum += row(part(prediction), part(target), w);
      }
      return [mean ? sum / rows : sum];
    },
    entries,
    tolerance: 1e-5, // exponentials of differences of 300 in float32
  });
}

for (const name of distinct) {
  Deno.test(`${name} and its gradient match float64 for 1, 2, 31, 977, 978 and 979 items`, async () => {
    const pairs = name.startsWith("pair_wise") || name === "list_wise_ndcg";
    // Pairs cost the reference width^2 an entry: fewer entries there.
    for (const width of [1, 2, 31, 129]) await checkMain(name, 3, width, 2, 40);
    for (const width of [977, 978, 979]) await checkMain(name, pairs ? 1 : 2, width, 2, pairs ? 6 : 30);
  });
}

Deno.test("list-wise losses stay finite and right where predictions are far apart", async () => {
  for (const name of ["list_wise_listnet", "list_wise_listmle"] as const) {
    await checkMain(name, 2, 300, 300, 40);
  }
});

Deno.test("mainLoss() negates the target, and only it, for labels of type real_reverse", async () => {
  for (const name of ["hybrid_cosine_mse", "pair_wise_ranknet", "list_wise_listmle"] as const) {
    const target = numbers(62, 5, 3);
    const { row, mean } = reference(name);
    await checkByDifferences(engine, {
      name: `${name} reversed`,
      inputs: {
        prediction: { shape: [2, 31], values: numbers(62, 3), wants: true },
        target: { shape: [2, 31], values: target },
        order: { shape: [2, 31], values: labelOrder(target.map((value) => -value), 31) },
      },
      build: ((step, { prediction, target, order }) =>
        mainLoss(step, name, { prediction, target, order }, { labelType: "real_reverse" })) as Build,
      reference: ({ prediction, target }) => {
        const ones = new Float64Array(31).fill(1);
        const rows = [0, 1].map((r) =>
          row(
            prediction.subarray(31 * r, 31 * r + 31),
            target.map((v) =>
              -v
            ).subarray(31 * r, 31 * r + 31),
            ones,
          )
        );
        return [(rows[0] + rows[1]) / (mean ? 2 : 1)];
      },
    });
  }
});

Deno.test("mainLoss() says what is missing", async () => {
  for (const name of lossNames) {
    const needs = lossNeeds(name);
    if (!needs.weights && !needs.order) continue;
    const prediction = engine.constant([1, 3], new Float32Array(3), "prediction");
    const record = engine.record(
      "incomplete",
      (step) => mainLoss(step, name, { prediction, target: prediction }),
    );
    await assert.rejects(record, needs.weights ? /needs item weights/ : /needs the order/);
  }
});

Deno.test("item weights follow the released formulas, and refuse what they leave undefined", () => {
  const counts = { top: [0, 1, 4, 9], bottom: [2, 2, 2, 2], rows: 10 };
  const half = (a: number, b: number) => Math.fround((a + b) / 2);
  assert.deepEqual(
    [...trainItemWeights("idf", counts)],
    [10, 5, 2, 1].map((x) => half(Math.log(x), Math.log(10 / 3))),
  );
  assert.deepEqual(
    [...trainItemWeights("idf_prob", counts)],
    [10, 4.5, 6 / 5, 0.1].map((x) => half(Math.log(x), Math.log(8 / 3))),
  );
  assert.deepEqual([...batchItemWeights(counts)].map((x) => x > 0), [true, true, true, true]);
  assert.equal(batchItemWeights({ top: [0], bottom: [0], rows: 3 })[0], 0);
  assert.throws(
    () => trainItemWeights("idf_prob", { ...counts, top: [0, 1, 4, 10] }),
    /item 3 the weight -Infinity/,
  );
  assert.throws(() => trainItemWeights("skewed_normal", counts), /weight NaN/);
});

Deno.test("pathwayScores() and pathwayLoss() match float64 for 1, 140 and 308 pathways and 1 to 17 fragments", async () => {
  for (
    const [heads, samples, pathways, keys] of [[1, 1, 1, 2], [2, 3, 140, 11], [2, 2, 308, 18], [3, 2, 7, 1]]
  ) {
    const stride = keys % 3 === 0 ? keys : 4 * Math.ceil(keys / 4); // rows with padding, and without
    const attention = numbers(heads * samples * pathways * stride, 1).map((x) => 0.01 + 0.1 * Math.abs(x));
    const labels = Uint32Array.from({ length: samples * pathways }, (_, i) => i % 5 === 0 ? 1 : 0);
    for (const masked of [false, true]) {
      const mask = Float32Array.from(
        { length: samples * pathways },
        (_, i) => masked ? 0 : Math.floor(i / pathways) === 1 ? 0 : 1,
      );
      await checkByDifferences(engine, {
        name: `pathway loss ${heads}x${samples}x${pathways}x${keys}${masked ? " without labels" : ""}`,
        inputs: {
          attention: {
            shape: [heads * samples, pathways, stride],
            values: Float32Array.from(attention),
            wants: true,
          },
          labels: { shape: [samples, pathways], values: labels },
          mask: { shape: [samples, pathways], values: mask },
        },
        build: ((step, { attention, labels, mask }) =>
          pathwayLoss(step, {
            scores: pathwayScores(step, { attention }, { heads, keys }),
            labels,
            mask,
          }, { weight: 0.3 })) as Build,
        reference: ({ attention, labels, mask }) => {
          let sum = 0, count = 0;
          for (let row = 0; row < samples * pathways; row++) {
            const scores = [0, 0];
            for (let head = 0; head < heads; head++) {
              for (let key = 0; key < keys; key++) {
                scores[key === keys - 1 ? 0 : 1] +=
                  attention[(head * samples * pathways + row) * stride + key] / heads;
              }
            }
            if (mask[row] !== 0) {
              sum -= mask[row] * (labels[row] ? 10 : 1) * Math.log(scores[labels[row]] + 0.1);
            }
            count += mask[row];
          }
          return [0.3 * sum / Math.max(count, 1e-10)];
        },
        entries: 40,
      });
    }
  }
});

Deno.test("spreadoutLoss() equals the sum over the cosine matrix, zero rows counting nothing", async () => {
  for (const [samples, items, width] of [[1, 3, 5], [4, 31, 7], [3, 2, 977], [32, 3, 128]]) {
    const embeddings = numbers(samples * items * width, 1);
    if (samples > 1) embeddings.fill(0, 0, width);
    const at = (x: Float64Array, s: number, i: number) =>
      x.subarray((s * items + i) * width, (s * items + i + 1) * width);
    await checkByDifferences(engine, {
      name: `spread-out ${samples}x${items}x${width}`,
      inputs: { embeddings: { shape: [samples, items, width], values: embeddings, wants: true } },
      build: ((step, { embeddings }) => spreadoutLoss(step, { embeddings })) as Build,
      reference: ({ embeddings: x }) => {
        let sum = 0;
        for (let i = 0; i < items; i++) {
          for (let a = 0; a < samples; a++) {
            for (let b = 0; b < samples; b++) {
              // The zero row is where the loss has no derivative: its small steps count as none.
              const [norm, other] = [dot(at(x, a, i), at(x, a, i)), dot(at(x, b, i), at(x, b, i))];
              if (a !== b && norm > 1e-8 && other > 1e-8) {
                sum += dot(at(x, a, i), at(x, b, i)) / Math.sqrt(norm * other) / 2;
              }
            }
          }
        }
        return [sum / items];
      },
      entries: 25,
    });
  }
});

Deno.test("absoluteErrorLoss() sums magnitudes, with gradient 0 where both are equal", async () => {
  for (const n of [1, 31, 978]) {
    const prediction = numbers(n * n, 1);
    await checkByDifferences(engine, {
      name: `absolute error ${n}`,
      inputs: {
        prediction: { shape: [n, n], values: prediction, wants: true },
        target: { shape: [n, n], values: numbers(n * n, 2).map((x, i) => i % 7 === 3 ? prediction[i] : x) },
      },
      build: ((step, { prediction, target }) => absoluteErrorLoss(step, { prediction, target })) as Build,
      reference: ({ prediction, target }) => [
        prediction.reduce((sum, value, i) => sum + Math.abs(value - target[i]), 0),
      ],
      entries: 20,
      tolerance: 2e-5, // differences of a sum of a million terms
    });
  }
});
