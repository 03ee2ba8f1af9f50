/** Splits of sets U, V and W of the real signatures, and baselines on them, as printed in reference-runs.md 1, 4.1 and 4.2. */
import assert from "node:assert/strict";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { sharedTest } from "../shared_folder.ts";
import { figuresOf, readSet, type ReferenceSet, splitOf } from "./badger_reference.ts";
import { fitBaseline } from "./fit_baseline.ts";

/** Sizes of training, validation and test part of split 0, and the sum of its test rows. */
const splits = { U: [71, 8, 18, 929], V: [114, 4, 53, 4660], W: [214, 29, 59, 7820] };

/** Row Pearson / RMSE / NDCG up / NDCG down, means over splits. */
type Printed = Readonly<Record<string, string>>;

/**
 * All 978 genes, splits 0 to 2. Nearest drugs are not in the reference: its 15 nearest rows, not weighted, get .21 / 2.08 on U,
 * .21 / 1.08 on V and .17 / 1.53 on W.
 */
const allGenes: Readonly<Record<ReferenceSet, Printed>> = {
  U: {
    zero: "0 / 2.12 / .61 / .62",
    "training-mean": ".25 / 2.05 / .66 / .70",
    "drug-mean": ".25 / 2.05 / .66 / .70",
    ridge: ".26 / 2.04 / .66 / .70",
    nearest: ".256 / 2.039 / .663 / .701",
  },
  V: {
    zero: "0 / 1.09 / .63 / .63",
    "training-mean": ".17 / 1.07 / .69 / .68",
    "drug-mean": ".21 / 1.07 / .70 / .69",
    ridge: ".20 / 1.06 / .70 / .69",
    nearest: ".204 / 1.065 / .700 / .688",
  },
  W: {
    zero: "0 / 1.54 / .63 / .64",
    "training-mean": ".21 / 1.48 / .69 / .70",
    ridge: ".21 / 1.48 / .69 / .70",
    nearest: ".194 / 1.488 / .683 / .697",
  },
};

/** The first 128 genes, split 0. */
const fewGenes: Partial<Record<ReferenceSet, Printed>> = {
  U: {
    zero: "0 / 2.488 / .548 / .540",
    "training-mean": ".302 / 2.356 / .626 / .661",
    ridge: ".302 / 2.356 / .626 / .661",
  },
  V: {
    zero: "0 / 0.977 / .556 / .562",
    "training-mean": ".188 / 0.963 / .609 / .631",
    "drug-mean": ".228 / 0.951 / .653 / .644",
    ridge: ".222 / 0.984 / .644 / .653",
  },
};

/** The reference tells ridge neither dose nor time of a signature. */
function withoutConditions(data: Dataset): Dataset {
  const unknown = new Float32Array(data.rows).fill(NaN);
  return { ...data, dose: unknown, time: unknown };
}

/** A printed figure is met when the value rounds to it, give or take a hundredth of the last digit. */
async function assertPrinted(set: ReferenceSet, data: Dataset, numbers: readonly number[], printed: Printed) {
  for (const [name, line] of Object.entries(printed)) {
    const known = name === "ridge" ? withoutConditions(data) : data;
    const found = [0, 0, 0, 0];
    for (const number of numbers) {
      const split = await splitOf(set, data, number);
      const figures = figuresOf(data, split, (await fitBaseline(name, known, split)).prediction);
      figures.forEach((figure, k) => found[k] += figure / numbers.length);
    }
    line.split(" / ").forEach((text, k) => {
      const digits = text.length - text.indexOf(".") - 1;
      const allowed = text === "0" ? 0 : 0.51 * 10 ** -digits;
      assert(Math.abs(found[k] - Number(text)) <= allowed, `${set}, ${name}: ${found}, expected ${line}`);
    });
  }
}

for (const set of ["U", "V", "W"] as const) {
  sharedTest(
    "data/badger-format",
    `splits of set ${set} and baselines on it are those of the reference runs, ridge with cell vectors among them`,
    async () => {
      const data: Dataset<BadgerData> = await readSet(set);
      const { train, validation, test } = await splitOf(set, data, 0);
      const sum = test.reduce((total, row) => total + row, 0);
      assert.deepEqual([train.length, validation.length, test.length, sum], splits[set]);
      const { cellVectors, geneTable, pathways } = data.inputs;
      assert.deepEqual([cellVectors!.width, geneTable!.width], [165, 128]);
      assert.deepEqual([pathways!.names.length, pathways!.dropped], [50, "UNKNOWN"]);
      await assertPrinted(set, data, [0, 1, 2], allGenes[set]);
      if (fewGenes[set]) await assertPrinted(set, await readSet(set, 128), [0], fewGenes[set]);
    },
  );
}
