import assert from "node:assert/strict";
import type { Dataset } from "../../datasets/dataset.ts";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import { meanSquaredError, pearsonPooled } from "../../datasets/metrics/metrics.ts";
import { metricOf } from "../../datasets/metrics/registry.ts";
import { conditionSplit } from "../../datasets/splits/condition_split.ts";
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import type { Split } from "../../datasets/types.ts";
import { sharedFolder, sharedPresent, sharedTest } from "../shared_folder.ts";
import { scoreRows } from "../support/score_rows.ts";
import { fitBaseline } from "./fit_baseline.ts";
import { simulatedDataset } from "./simulated_dataset.ts";

async function readSlice(name: string, layout = "profiles"): Promise<Dataset> {
  const { read, settings } = layoutNamed(layout);
  const folder = new URL(`data/csg2a-format/${name}`, sharedFolder).pathname;
  // Drugs as they are spelled: the reference knows no other identity.
  return await read(folder, settings.parse({ ppi: "identity", distances: "path" }), { identity: "spelling" });
}

/** Test errors printed in reference-runs.md 2.1: splits 0, 1, 2. */
type Errors = Readonly<Record<string, readonly number[]>>;

interface PrintedSlice {
  readonly random: Errors;
  readonly blind: Errors;
  /** Mean Pearson in a row, random split 0. */
  readonly pearson: Readonly<Record<string, string>>;
}

const printed: Readonly<Record<string, PrintedSlice>> = {
  a375_24h: {
    random: {
      "no-change": [5.85, 5.21, 6.45],
      zero: [3.65, 3.08, 4.38],
      "training-mean": [3.41, 3.05, 4.09],
      "drug-mean": [4.32, 3.24, 3.87],
      "ridge-conditions": [3.29, 2.80, 3.44],
      ridge: [3.65, 3.19, 4.09],
    },
    blind: {
      "no-change": [5.62, 5.98, 6.13],
      zero: [3.56, 3.68, 3.89],
      "training-mean": [3.40, 3.50, 3.75],
      "ridge-conditions": [3.24, 3.22, 3.59],
      ridge: [3.41, 3.50, 3.76],
    },
    pearson: { "training-mean": "0.22", "drug-mean": "0.28" },
  },
  skbr3: {
    random: {
      "no-change": [6.81, 7.78, 7.79],
      zero: [4.60, 5.07, 5.52],
      "training-mean": [4.56, 5.00, 5.41],
      "drug-mean": [4.64, 4.91, 5.33],
      "ridge-conditions": [4.43, 4.77, 5.20],
      ridge: [4.21, 4.88, 5.33],
    },
    blind: {
      "no-change": [7.62, 8.30, 8.61],
      zero: [5.00, 5.65, 5.94],
      "training-mean": [4.98, 5.56, 5.91],
      "ridge-conditions": [4.97, 5.55, 5.89],
      ridge: [4.91, 5.39, 5.88],
    },
    pearson: { "training-mean": "0.14", "drug-mean": "0.20" },
  },
  ht115_6h: {
    random: {
      "no-change": [4.36, 5.86, 5.07],
      zero: [3.36, 4.86, 3.95],
      "training-mean": [3.22, 4.59, 3.76],
      "drug-mean": [5.32, 5.93, 5.69],
      "ridge-conditions": [3.22, 4.57, 3.76],
      ridge: [3.22, 4.60, 3.76],
    },
    blind: {
      "no-change": [4.36, 4.76, 4.20],
      zero: [3.20, 3.69, 3.09],
      "training-mean": [3.08, 3.52, 2.99],
    },
    pearson: { "training-mean": "0.14", "drug-mean": "0.15" },
  },
};

for (const [slice, { pearson, ...kinds }] of Object.entries(printed)) {
  sharedTest(
    `data/csg2a-format/${slice}`,
    `baselines on ${slice} are those of the reference runs, ridge with and without basal profile among them`,
    async () => {
      const data = await readSlice(slice);
      for (const [kind, expected] of Object.entries(kinds)) {
        for (const number of [0, 1, 2]) {
          const groups = data.inputs as { samples: { smiles: readonly string[] } };
          const split = hashSplit({
            rows: data.rows,
            kind: kind as "random" | "blind",
            split: number,
            groups: groups.samples.smiles,
          });
          const truth = data.truth!.take(split.test);
          for (const [name, mse] of Object.entries(expected)) {
            const found = meanSquaredError((await fitBaseline(name, data, split)).prediction, truth);
            // Half of the last printed digit, and half of a third one: 4.9749 and 8.2948 are printed as 4.98 and 8.30.
            assert(Math.abs(found - mse[number]) < 0.0055, `${slice} ${kind} ${number} ${name}: ${found}`);
          }
          if (kind === "blind") await assertSame("drug-mean", "training-mean", data, split);
          if (kind !== "random" || number > 0) continue;
          for (const [name, expected] of Object.entries(pearson)) {
            const { prediction } = await fitBaseline(name, data, split);
            const found = scoreRows(metricOf("pearson"), prediction, truth, data.outputs.names.length);
            assert.equal(found.toFixed(2), expected, `${slice} ${name}, Pearson in a row`);
          }
        }
      }
    },
  );
}

/** Nothing of a drug that was never trained on is known. */
async function assertSame(first: string, second: string, data: Dataset, split: Split): Promise<void> {
  const [one, other] = [await fitBaseline(first, data, split), await fitBaseline(second, data, split)];
  assert.deepEqual(one.prediction, other.prediction);
}

sharedTest(
  "data/csg2a-format/gdsc_finetune",
  "baselines on the GDSC sample are those of the reference runs",
  async () => {
    const data = await readSlice("gdsc_finetune", "response");
    const expected = {
      random: {
        "training-mean": ["2.73", "0.00"],
        "drug-mean": ["1.78", "0.77"],
        "cell-mean": ["2.76", "0.23"],
        additive: ["1.93", "0.76"],
        ridge: ["1.77"],
      },
      blind: {
        "training-mean": ["2.48", "0.00"],
        "cell-mean": ["2.56", "0.18"],
        additive: ["2.56", "0.18"],
        ridge: ["2.41"],
      },
    };
    const { smiles } = (data.inputs as { samples: { smiles: readonly string[] } }).samples;
    for (const [kind, printed] of Object.entries(expected)) {
      const split = hashSplit({ rows: data.rows, kind: kind as "random", split: 0, groups: smiles });
      const truth = data.truth!.take(split.test);
      for (const [name, [rmse, pearson]] of Object.entries<readonly string[]>(printed)) {
        const { prediction } = await fitBaseline(name, data, split);
        assert.equal(Math.sqrt(meanSquaredError(prediction, truth)).toFixed(2), rmse, `${kind} ${name}`);
        if (pearson) assert.equal(pearsonPooled(prediction, truth).toFixed(2), pearson, `${kind} ${name}`);
      }
      if (kind === "random") continue;
      await assertSame("drug-mean", "training-mean", data, split);
      await assertSame("additive", "cell-mean", data, split);
    }
  },
);

Deno.test("ridge reaches 0.2406 on the demo, 4.210 on SKBR3", async () => {
  const demo = await simulatedDataset("profiles", {});
  const parts = conditionSplit(demo.condition, 0);
  const { prediction } = await fitBaseline("ridge", demo, parts);
  assert.equal(meanSquaredError(prediction, demo.truth!.take(parts.test)).toFixed(4), "0.2406");
  if (!sharedPresent("data/csg2a-format/skbr3")) return;
  const data = await readSlice("skbr3");
  const split = hashSplit({ rows: data.rows, kind: "random", split: 0 });
  const skbr3 = (await fitBaseline("ridge", data, split)).prediction;
  assert.equal(meanSquaredError(skbr3, data.truth!.take(split.test)).toFixed(3), "4.210");
});
