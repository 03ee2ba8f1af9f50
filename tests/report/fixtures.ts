import type { Density, Interval, PartScore, Scored, Verdict } from "../../datasets/evaluation/types.ts";
import type { Explanation, MeanMap } from "../../models/explanation.ts";
import { extremes } from "../../report/ends.ts";
import { strongestRoutes } from "../../report/explain/routes.ts";
import type { ExplanationReport } from "../../report/asked.ts";
import type { GeneRanking } from "../../report/asked.ts";
import type { Screen } from "../../report/asked.ts";
import type { ComparisonReport } from "../../report/comparison_report.ts";
import type { RunReport } from "../../report/run_report.ts";
import type { StudyReport, StudyRow } from "../../report/study_report.ts";

/** Numbers between -1 and 1 that are the same every time. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 2 * state / 2 ** 32 - 1;
  };
}

export function verdict(overrides: Partial<Verdict> = {}): Verdict {
  return {
    standing: "ahead",
    against: "ridge",
    metric: "mse",
    lead: 0.31,
    interval: [0.12, 0.52],
    unit: "drug",
    units: 41,
    seeds: 1,
    drugMatters: "yes",
    cellMatters: "yes",
    sentence:
      "Ahead of ridge, the best free baseline: its MSE is 0.31 lower (95 % interval 0.12 to 0.52, 41 held-out drugs, one seed).",
    controls:
      "The drug matters: with permuted drugs the MSE rises by 0.62 (0.33 to 0.94). The cell line matters, too.",
    ...overrides,
  };
}

export function scored(
  name: string,
  role: Scored["role"],
  metrics: Record<string, number>,
  lead?: readonly [number, number | null, number | null],
  more: Partial<Scored> = {},
): Scored {
  const interval: Interval | undefined = lead && { value: lead[0], low: lead[1], high: lead[2] };
  return {
    name,
    role,
    description: `How ${name} is made.`,
    metrics,
    ...(interval ? { lead: interval } : {}),
    ...more,
  };
}

const profileMetrics = (mse: number, pearson: number) => ({
  mse,
  pearson: pearson,
  pearsonDelta: pearson * 0.6,
  rmse: Math.sqrt(mse),
  mae: 0.8 * Math.sqrt(mse),
  spearman: 0.93 * pearson,
  r2: 1 - mse / 6,
});

export function density(slope = 0.62, bins = 48): Density {
  const random = noise(3);
  const counts = new Array<number>(bins * bins).fill(0);
  let outside = 0;
  for (let k = 0; k < 9000; k++) {
    const truth = 1.6 * (random() + random() + random()),
      predicted = slope * truth + 0.7 * (random() + random());
    const column = Math.floor(bins * (truth + 4) / 8), row = Math.floor(bins * (predicted + 4) / 8);
    if (column < 0 || column >= bins || row < 0 || row >= bins) outside++;
    else counts[row * bins + column]++;
  }
  return { range: [-4, 4], bins, counts, outside, spreadRatio: 0.71, slope, intercept: 0.02 };
}

const smiles = [
  "CC(=O)Oc1ccccc1C(=O)O",
  "CN1CCN(CC1)Cc1ccc(cc1)C(=O)Nc1ccc(C)c(c1)Nc1nccc(n1)-c1cccnc1",
  "ONC(=O)CCCCCCC(=O)Nc1ccccc1",
  "CC(C)CC(NC(=O)C(Cc1ccccc1)NC(=O)c1cnccn1)B(O)O",
  "COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1",
  "CS(=O)(=O)CCNCc1ccc(o1)-c1ccc2ncnc(Nc3ccc(OCc4cccc(F)c4)c(Cl)c3)c2c1",
  "Clc1ccccc1",
  "not a SMILES",
];

/** Parts with gains around a mean. */
export function parts(count: number, kind: string, shift = 0.1, structured = false): PartScore[] {
  const random = noise(count + kind.length);
  return Array.from({ length: count }, (_, k) => {
    const baselineMse = 4 + 2 * random();
    return {
      name: `${kind}-${String(k + 1).padStart(4, "0")}`,
      rows: 1 + Math.floor(4 * Math.abs(random())),
      mse: Math.max(0.01, baselineMse - shift - 1.2 * random() * Math.abs(random())),
      baselineMse,
      pearson: k % 9 === 0 ? null : 0.4 + 0.5 * random(),
      baselinePearson: 0.3,
      ...(structured ? { smiles: smiles[k % smiles.length] } : {}),
    };
  });
}

/** CSG2A on profiles, ahead of ridge. */
export function profileReport(overrides: Partial<RunReport> = {}): RunReport {
  const random = noise(8);
  return {
    format: "perturbine results 2",
    title: "CSG2A on skbr3",
    model: "csg2a",
    layout: "csg2a",
    outputs: { kind: "profile", unit: "z-score" },
    split: { name: "drug-blind, split 0", checksum: "4be1c0f2a49de31f08aa" },
    counts: {
      train: 1834,
      validation: 227,
      test: 231,
      drugs: 412,
      cells: 3,
      outputs: 978,
      testDrugs: 41,
      testDrugsTrained: 0,
      testCells: 3,
      testCellsTrained: 3,
    },
    primary: "mse",
    verdict: verdict(),
    predictions: [
      scored("CSG2A", "model", profileMetrics(4.208, 0.61)),
      scored("ridge", "baseline", profileMetrics(4.518, 0.57), [0.31, 0.12, 0.52]),
      scored("training mean", "baseline", profileMetrics(4.91, 0.5), [0.702, 0.31, 1.1]),
      scored("cell mean", "baseline", profileMetrics(4.62, 0.55), [0.412, -0.05, 0.88]),
      scored("drug mean", "baseline", profileMetrics(4.91, 0.5), [0.702, 0.31, 1.1], {
        coincidesWith: "training mean",
      }),
      scored("nearest neighbours", "baseline", profileMetrics(5.02, 0.59), [0.812, 0.4, 1.22]),
      scored("zero", "baseline", profileMetrics(8.9, 0), [4.692, 3.8, 5.6]),
      scored("drug permuted", "control", profileMetrics(4.83, 0.5), [0.622, 0.33, 0.94]),
      scored("drug removed", "control", profileMetrics(4.4, 0.56), [0.192, -0.02, 0.41]),
      scored("noise ceiling", "ceiling", { mse: 3.1 }),
      scored("one replicate predicts another", "reference", profileMetrics(6.3, 0.4)),
      scored("shuffled truth", "negative", profileMetrics(11.7, 0.01), [7.492, 6.1, 8.9]),
    ].map((entry) => ({ ...entry, shares: { mse: (entry.metrics.mse - 4.518) / (3.1 - 4.518) } })),
    epochs: Array.from({ length: 40 }, (_, k) => ({
      type: "epoch" as const,
      epoch: k + 1,
      step: 60 * (k + 1),
      learningRate: 1e-3,
      trainLoss: 4 + 5 * Math.exp(-k / 8) + 0.1 * random(),
      validationLoss: 4.4 + 4 * Math.exp(-k / 6) + 0.02 * k + 0.15 * random(),
      validationPearson: 0.6,
      best: k === 17,
    })),
    bestEpoch: 18,
    density: density(),
    drugs: parts(41, "BRD-K", 0.2, true),
    cells: parts(3, "LINE", 0.2),
    genes: parts(978, "GENE", 0.15),
    notes: [
      "2 rows share drug, cell line, dose and time with training rows.",
      "The cell permuted control was not run: one cell line is held out.",
    ],
    ownScores: {},
    kernels: ["csg2a_block_reduce_genes", "mat_attention_forward", "matmul"].map((kernel, k) => ({
      kernel,
      phase: k === 1 ? "backward" : "forward",
      calls: 8 * (k + 1),
      milliseconds: 12.5 / (k + 1),
      share: 0.5 / (k + 1),
      gflops: 31.2,
      gigabytesPerSecond: 4.4,
    })),
    environment: {
      adapter: "llvmpipe (LLVM 15.0.6, 256 bits)",
      software: true,
      machine: "2 cores, linux x86_64",
      runtime: "Deno 2.9.6",
      command:
        "perturbine train csg2a --data /data/l1000/skbr3/level3/released/2020 --split drug-blind --epochs 40 --patience 10 --lr 1e-3 --batch 32 --seed 0 --set hiddenWidth=128 --control removed,permuted --out runs/skbr3-drug-blind-0",
    },
    trainingSeconds: 512,
    memory: { resident: 3.1e8, peak: 4.4e8 },
    parameters: 5_312_977,
    config: { model: "csg2a", settings: { hiddenWidth: 128 }, seed: 0 },
    ...overrides,
  };
}

const rankMetrics = (pearson: number, rmse: number, up: number, down: number) => ({
  pearson: pearson,
  rmse,
  ndcgUp: up,
  ndcgDown: down,
  spearman: 0.95 * pearson,
  precisionUp20: up / 2,
  precisionDown20: down / 2,
  kendallTau: 0.7 * pearson,
});

/** BADGER on signatures, level with nearest neighbours; every name long. */
export function signatureReport(overrides: Partial<RunReport> = {}): RunReport {
  const base = profileReport();
  return {
    ...base,
    title: "BADGER on the simulator",
    model: "badger",
    layout: "badger",
    outputs: { kind: "signature", unit: "log2 fold change" },
    split: { name: "cell-blind, fold 1 of 5", checksum: "99aa00cc99" },
    primary: "pearson",
    verdict: verdict({
      standing: "level",
      against: "nearest neighbours (Tanimoto, cell line)",
      metric: "pearson",
      lead: 0.004,
      interval: [-0.019, 0.027],
      unit: "cell",
      units: 7,
      seeds: 5,
      clusters: { interval: [-0.05, 0.061], units: 6 },
      drugMatters: "unclear",
      sentence:
        "Level with nearest neighbours (Tanimoto, cell line), the best free baseline: Pearson is 0.004 higher (95 % interval −0.019 to 0.027, 7 held-out cell lines, 5 seeds).",
      controls: "Whether the drug matters is unclear: permuted, Pearson changes by −0.008 (−0.02 to 0.004).",
    }),
    predictions: [
      scored("BADGER", "model", rankMetrics(0.412, 1.02, 0.61, 0.58), undefined, {
        deviations: { pearson: 0.006, rmse: 0.01 },
      }),
      scored("CIGER of runs/ciger", "model", rankMetrics(0.4, 1.2, 0.62, 0.6), [0.012, -0.01, 0.03]),
      scored("nearest neighbours (Tanimoto, cell line)", "baseline", rankMetrics(0.408, 1.07, 0.63, 0.6), [
        0.004,
        -0.019,
        0.027,
      ]),
      scored("training mean", "baseline", rankMetrics(0.37, 1.1, 0.59, 0.55), [0.042, 0.011, 0.071]),
      scored("zero", "baseline", { rmse: 1.21, ndcgUp: 0.42, ndcgDown: 0.41 }),
      scored("drug zeroed", "control", rankMetrics(0.409, 1.02, 0.6, 0.57), [0.003, -0.002, 0.008]),
      scored("drug permuted", "control", rankMetrics(0.404, 1.02, 0.6, 0.57), [0.008, -0.004, 0.02]),
      scored("cell permuted", "control", rankMetrics(0.21, 1.2, 0.5, 0.5), [0.202, 0.14, 0.26]),
    ],
    epochs: base.epochs.map((line) => ({
      ...line,
      validationLoss: null,
      validationMetrics: { ndcgUp: 0.6 - 0.2 * Math.exp(-line.epoch / 7), pearson: 0.4 },
    })),
    density: density(0.17),
    drugs: parts(2000, "compound-with-a-very-long-name", 0, false),
    cells: parts(7, "CELL_LINE_OF_LONG_NAME", 0),
    genes: [],
    ownScores: { "pathway attention against known targets, AUROC": 0.61, AUPRC: 0.2 },
    notes: ["One mechanism cluster (MEK inhibitors, 5 drugs) carries 2.95 of 3.28 points of the lead."],
    ...overrides,
  };
}

/** Ridge fitted as a run: closed form, three test rows, behind, too few units for an interval elsewhere. */
export function responseReport(overrides: Partial<RunReport> = {}): RunReport {
  const metrics = (rmse: number, pearson: number) => ({ mse: rmse ** 2, rmse, pearsonPooled: pearson });
  return {
    ...profileReport(),
    title: "Ridge on the GDSC sample",
    model: "ridge",
    layout: "response",
    outputs: { kind: "response", unit: "ln µM" },
    split: { name: "random, split 3", checksum: "0102030405060708" },
    counts: {
      train: 20,
      validation: 0,
      test: 3,
      drugs: 5,
      cells: 0,
      outputs: 1,
      testDrugs: 3,
      testDrugsTrained: 3,
      testCells: 0,
      testCellsTrained: 0,
    },
    primary: "mse",
    verdict: verdict({
      standing: "level",
      against: "drug mean",
      metric: "mse",
      lead: -0.2,
      interval: null,
      unit: "drug",
      units: 3,
      drugMatters: "untested",
      cellMatters: "untested",
      sentence:
        "No verdict against drug mean: 3 held-out drugs are too few for an interval (RMSE 0.20 higher, one seed).",
      controls: "No control was run: whether the drug matters is untested.",
    }),
    predictions: [
      scored("ridge", "model", metrics(1.4, 0.3)),
      scored("drug mean", "baseline", metrics(1.2, 0.5), [-0.2, null, null]),
      scored("training mean", "baseline", metrics(1.9, 0), [0.5, null, null]),
    ],
    epochs: [],
    bestEpoch: null,
    chosen: "penalty 10",
    density: density(-0.1),
    drugs: parts(3, "drug", 0, true),
    cells: [],
    genes: [],
    notes: [],
    kernels: [],
    memory: null,
    parameters: 2048,
    trainingSeconds: 0.21,
    ...overrides,
  };
}

/** Three runs and their baselines on the same rows: none leads on every metric. */
export function comparison(overrides: Partial<ComparisonReport> = {}): ComparisonReport {
  const base = signatureReport();
  const advantage = (value: number, low: number, high: number) => ({ advantage: { value, low, high } });
  const run = (name: string, path: string, epochs: number | null) => ({
    name,
    path,
    page: `${path}/report.html`,
    epochs,
    firstEpochLoss: epochs && 8.1,
    trainingSeconds: 100,
    parameters: 12345,
  });
  return {
    ...base,
    title: "3 models on the simulator",
    verdict: verdict({
      standing: "level",
      against: "nearest neighbours",
      metric: "pearson",
      sentence:
        "BADGER is level with nearest neighbours, the best free baseline: Pearson is 0.004 higher (95 % interval −0.019 to 0.027, 7 held-out cell lines, one seed).",
    }),
    predictions: [
      scored(
        "BADGER",
        "model",
        rankMetrics(0.412, 1.02, 0.61, 0.58),
        undefined,
        advantage(0.004, -0.019, 0.027),
      ),
      scored(
        "CIGER",
        "model",
        rankMetrics(0.4, 1.2, 0.64, 0.6),
        [0.012, -0.01, 0.03],
        advantage(-0.008, -0.032, 0.016),
      ),
      scored(
        "Ridge",
        "model",
        rankMetrics(0.31, 1.08, 0.5, 0.51),
        [0.1, 0.05, 0.16],
        advantage(-0.098, -0.14, -0.05),
      ),
      scored("nearest neighbours", "baseline", rankMetrics(0.408, 1.07, 0.63, 0.61), [0.004, -0.019, 0.027]),
      scored("training mean", "baseline", rankMetrics(0.37, 1.1, 0.59, 0.55), [0.042, 0.011, 0.071]),
      scored("BADGER, drug-permuted", "control", rankMetrics(0.404, 1.02, 0.6, 0.57), [0.008, -0.004, 0.02]),
      scored("BADGER, cell-permuted", "control", rankMetrics(0.21, 1.2, 0.5, 0.5), [0.202, 0.14, 0.26]),
      scored("CIGER, drug-permuted", "control", rankMetrics(0.3, 1.2, 0.6, 0.57), [0.1, 0.05, 0.15]),
    ],
    runs: [run("BADGER", "badger", 40), run("CIGER", "ciger", 25), run("Ridge", "ridge", null)],
    command: "perturbine compare badger ciger ridge --split cell-folds",
    ...overrides,
  };
}

/** Two data sets, two splits, five seeds: ridge or a mean leads two of four. */
export function study(overrides: Partial<StudyReport> = {}): StudyReport {
  const row = (
    data: string,
    split: string,
    model: string,
    role: StudyRow["role"],
    mse: number,
    sd: number | null,
    lead?: readonly [number, number | null, number | null, string],
    standing?: StudyRow["standing"],
  ): StudyRow => ({
    data,
    split,
    model,
    role,
    seeds: sd === null ? 1 : 5,
    metrics: {
      mse: { mean: mse, sd },
      ...(model === "training mean" ? {} : { pearson: { mean: 0.9 - mse / 10, sd: sd && sd / 4 } }),
    },
    ...(lead ? { lead: { value: lead[0], low: lead[1], high: lead[2], against: lead[3] } } : {}),
    ...(standing
      ? { standing, drugMatters: standing === "ahead" ? "yes" as const : "unclear" as const }
      : {}),
  });
  const set = (data: string, split: string, units: number) => ({
    data,
    split,
    primary: "mse",
    unit: "drug" as const,
    units,
    testRows: 12 * units,
  });
  return {
    title: "Two data sets, two splits, five seeds",
    sets: [
      set("skbr3", "drug-blind", 50),
      set("skbr3", "random", 60),
      set("gdsc-sample", "drug-blind", 4),
      set("gdsc-sample", "random", 120),
    ],
    rows: [
      row("skbr3", "drug-blind", "CSG2A", "model", 4.262, 0.031, [-0.062, -0.11, -0.01, "ridge"], "behind"),
      row("skbr3", "drug-blind", "ridge", "baseline", 4.2, 0.01),
      row("skbr3", "drug-blind", "training mean", "baseline", 4.564, 0.02),
      row("skbr3", "random", "CSG2A", "model", 3.1, 0.05, [0.4, 0.22, 0.61, "nearest neighbours"], "ahead"),
      row("skbr3", "random", "ridge", "baseline", 3.6, 0.02),
      row("skbr3", "random", "nearest neighbours", "baseline", 3.5, 0.02),
      row("gdsc-sample", "drug-blind", "CSG2A response", "model", 1.9, 0.2, [
        -0.1,
        null,
        null,
        "training mean",
      ], "level"),
      row("gdsc-sample", "drug-blind", "training mean", "baseline", 1.8, null),
      row(
        "gdsc-sample",
        "random",
        "CSG2A response",
        "model",
        1.2,
        0.02,
        [0.01, -0.05, 0.06, "ridge"],
        "level",
      ),
      row("gdsc-sample", "random", "ridge", "baseline", 1.21, null),
      row("gdsc-sample", "random", "CSG2A response, drug-permuted", "control", 1.6, 0.02),
    ],
    notes: ["gdsc-sample, drug-blind: 4 held-out drugs are too few for an interval."],
    command: "perturbine study study.toml --out runs/study",
    ...overrides,
  };
}

const asked = {
  model: "BADGER",
  run: "runs/badger-simulator-drug-blind",
  outputs: { kind: "signature" as const, unit: "log2 fold change" },
  cell: "MCF7",
};

/** Genes of a ranking around `centre`: with a large negative one nothing rises. */
export function ranking(overrides: Partial<GeneRanking> = {}, centre = 0): GeneRanking {
  const random = noise(21);
  const scores = Array.from({ length: 131 }, () => centre + 1.4 * random() * Math.abs(random())).sort((
    a,
    b,
  ) => b - a);
  return {
    ...asked,
    drug: { name: "imatinib", smiles: smiles[1] },
    genes: scores.map((score, k) => ({
      gene: `GENE${k}`,
      rank: k + 1,
      score,
      trainingMean: 0.4 * score + 0.3 * random(),
      measured: score + random(),
    })),
    arbitraryScale: false,
    meanAgreement: 0.61,
    nearest: { name: "nilotinib", tanimoto: 0.52 },
    cellTrained: true,
    measured: { rows: 2, trainedOn: false, pearson: 0.44 },
    ...overrides,
  };
}

export function screen(overrides: Partial<Screen> = {}): Screen {
  return {
    ...asked,
    signature: "disease.csv",
    drugs: Array.from({ length: 73 }, (_, k) => ({
      name: `drug-${k}`,
      smiles: smiles[k % 7],
      reversal: 0.41 - 0.009 * k,
      upReversed: 0.4 - 0.004 * k,
      downReversed: 0.35 - 0.004 * k,
      nearest: { name: `trained-${k}`, tanimoto: k / 73 },
    })),
    genes: 640,
    unknown: ["ABC1"],
    ends: 50,
    likeness: 0.93,
    trainingMean: 0.22,
    ...overrides,
  };
}

/** BADGER's maps over few genes; `sharp` 0 makes every map even. */
export function explanation(sharp = 1): ExplanationReport {
  const random = noise(5);
  const genes = Array.from({ length: 37 }, (_, k) => `GENE${k}`);
  const pathways = Array.from({ length: 19 }, (_, k) => `HALLMARK_PATHWAY_OF_LONG_NAME_${k}`);
  const fragments = ["[16*]c1cccnc1", "[14*]c1nccc([14*])n1", "[5*]N1CCN(C)CC1"].map((text, k) => ({
    smiles: text,
    atoms: [[32, 33, 34, 35, 36, 31].slice(k), [26, 27], []][k],
    attention: 0.4 - 0.1 * k,
    effect: k === 2 ? null : 0.3 * k,
  }));
  const map = (axes: MeanMap["axes"], rows: number, columns: number): MeanMap => {
    const values = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      const weights = Array.from({ length: columns }, () => Math.exp(2.5 * sharp * random()));
      const sum = weights.reduce((a, b) => a + b);
      weights.forEach((weight, column) => values[row * columns + column] = weight / sum);
    }
    return { axes, shape: [rows, columns], values };
  };
  const whole: Explanation = {
    smiles: smiles[1],
    genes,
    prediction: Float32Array.from(genes, () => random()),
    pathways,
    knownPathways: [pathways[17]],
    fragments,
    maps: {
      "pathway-fragment": map(["pathways", "fragments"], pathways.length, fragments.length),
      "gene-pathway": map(["genes", "pathways"], genes.length, pathways.length),
      "gene-gene": map(["genes", "genes"], genes.length, genes.length),
    },
    pairs: [],
    heads: new Map(),
  };
  const { up, down } = extremes(whole.prediction, 5);
  return {
    ...asked,
    drug: { name: "imatinib", smiles: smiles[1] },
    explanation: whole,
    routes: strongestRoutes(whole, [...up, ...down], 40),
  };
}

/** CSG2A's pairs of genes. */
export function pairExplanation(): ExplanationReport {
  const { explanation: { genes, prediction, smiles }, routes: _, ...rest } = explanation();
  return {
    ...rest,
    model: "CSG2A",
    outputs: { kind: "profile", unit: "z-score" },
    explanation: {
      smiles,
      genes,
      prediction,
      pathways: [],
      knownPathways: [],
      fragments: [],
      maps: { "gene-gene": { axes: ["genes", "genes"], shape: [37, 37], values: new Float64Array(37 * 37) } },
      pairs: Array.from({ length: 40 }, (_, k) => ({
        genes: [genes[k % 37], genes[(k * 7 + 1) % 37]] as const,
        score: 3 - 0.1 * k,
        inGraph: k % 3 === 0,
      })),
      heads: new Map(),
    },
  };
}
