/** Where a reproduced run reads its figure. */
export interface ReproducedMetric {
  readonly name: string;
  readonly unit: string;
  /** Field of the model's score in results.json. */
  readonly field: "mse" | "rmse" | "pearsonPooled" | "pearsonPerProfile" | "pearson";
  readonly published: number;
}

/** A published training run: the words after `perturbine` that repeat it, and what was printed. */
export interface ReferenceRun {
  readonly name: string;
  readonly title: string;
  /** What `--data` must be. */
  readonly data: string;
  readonly words: readonly string[];
  readonly seeds: readonly number[];
  readonly metrics: readonly ReproducedMetric[];
  readonly source: string;
  readonly note?: string;
}

const small = ["train", "csg2a", "--preset", "small", "--split", "random", "--split-number", "0"];
const fixed = (
  epochs: number,
) => ["--epochs", String(epochs), "--patience", "0", "--batch", "128", "--lr", "1e-3"];
const ranking = [
  "--split",
  "cell",
  "--split-number",
  "0",
  "--genes",
  "128",
  "--hidden",
  "32",
  "--heads",
  "2",
];
const rankingFixed = ["--lr", "1e-3", "--batch", "32", "--epochs", "20", "--patience", "0"];
const threeSeeds = [0, 1, 2];

function pretraining(name: string, slice: string, variant: string, epochs: number, mse: number, row: number) {
  return {
    name,
    title: `CSG2A pretraining on ${slice}, ${variant}, ${epochs} epochs`,
    data: `the ${slice} slice in the CSG2A layout`,
    words: [...small, "--variant", variant, ...fixed(epochs)],
    seeds: threeSeeds,
    metrics: [
      { name: "test MSE", unit: "", field: "mse", published: mse },
      { name: "Pearson in a row", unit: "", field: "pearsonPerProfile", published: row },
    ],
    source: `reference-runs.md 5, ${name}: the original PyTorch modules, 5 seeds`,
  } satisfies ReferenceRun;
}

function badger(name: string, family: string, pearson: number, rmse: number) {
  return {
    name,
    title: `${family} on set V (unseen cell), 128 genes, width 32, 20 epochs`,
    data: "set V as a BADGER folder (prepare badger)",
    words: ["train", family, ...ranking, ...rankingFixed, "--min-tas", "off", "--no-qc"],
    seeds: threeSeeds,
    metrics: [
      { name: "Pearson in a row", unit: "", field: "pearson", published: pearson },
      { name: "test RMSE", unit: "", field: "rmse", published: rmse },
    ],
    source: `reference-runs.md 5, ${name}: the original PyTorch modules, 3 seeds`,
  } satisfies ReferenceRun;
}

/** Training runs that `bench reproduce` repeats on data that the user has. */
export const referenceRuns: readonly ReferenceRun[] = [
  pretraining("C1", "skbr3", "rowsum", 20, 4.218, 0.234),
  pretraining("C2", "skbr3", "matmul", 20, 4.206, 0.247),
  pretraining("C3", "a375_24h", "rowsum", 10, 3.565, 0.158),
  pretraining("C4", "a375_24h", "matmul", 10, 3.605, 0.162),
  badger("B1", "badger", 0.159, 0.963),
  badger("B2", "badger-light", 0.133, 0.968),
  {
    name: "notebook",
    title: "CSG2A: the pretraining notebook's schedule, on a real slice, molecule encoder 2 x 64",
    data: "a slice in the CSG2A layout; the notebook's toy profiles are not distributed",
    words: [
      ...[
        "train",
        "csg2a",
        "--preset",
        "released",
        "--mat-width",
        "64",
        "--mat-layers",
        "2",
        "--mat-heads",
        "4",
      ],
    ],
    seeds: [42],
    metrics: [
      { name: "test MSE", unit: "", field: "mse", published: 1.2753 },
      { name: "Pearson, pooled", unit: "", field: "pearsonPooled", published: 0.2284 },
    ],
    source: "csg2a.md 1.5, printed by the released notebook on its toy data",
    note: "other data than the published figure's: compare the schedule, not the value",
  },
];
