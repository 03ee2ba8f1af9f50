import { readConditionTable } from "../../datasets/readers/read_condition_table.ts";
import { openStoredTable, writeStoredTable } from "../../datasets/readers/stored_table.ts";
import { writeColumns } from "../../datasets/formats/value_table.ts";
import { matrixOf } from "../../datasets/dataset.ts";
import { overFolds } from "../../runs/over_folds.ts";
import { epochLines, readReport } from "../../runs/read_report.ts";
import { readStudyFile } from "../../runs/studies/file.ts";
import { readTaskList } from "../../runs/tasks/task_list.ts";
import { profileReport } from "../report/fixtures.ts";
import { mutateBytes } from "./mutate.ts";
import { decode, encode, json, jsonTarget, table, type Target, withoutDigest } from "./target.ts";

const study = `title = "A small table"
seeds = 2
[[splits]]
rule = "random"
number = 0
[[models]]
model = "mlp"
label = "network"
settings = { hidden = 16, layers = [3, 4] }
[[models]]
model = "ridge"
control = "drug-permuted"
[published]
source = "nowhere"
columns = ["a", "b"]
rows = [{ model = "mlp", figures = ["1.0", "2.0"] }]
`;

const metrics = [
  { type: "step", step: 1, loss: 1.5, gradientNorm: 2 },
  {
    ...{ type: "epoch", epoch: 1, step: 1, learningRate: 1e-3, trainLoss: 1.5, validationLoss: 2 },
    ...{ validationPearson: null, validationMetrics: { rmse: 1.2, ndcg: null }, best: true },
  },
  { type: "test", epoch: 1, rows: 3, scores: { rmse: 1 } },
].map((line) => JSON.stringify(line)).join("\n") + "\n";

/** A report as a run keeps it: numbers that are not finite stand as null. */
const results = JSON.parse(JSON.stringify(profileReport()));

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/"));

/** What prepared folders, studies and runs keep besides weights, configuration and split. */
export const runTargets: readonly Target[] = [
  {
    name: "stored-profiles",
    file: "gex_before.safetensors",
    make: async (folder) => {
      const values = matrixOf(Float32Array.from({ length: 12 }, (_, at) => at / 7 - 1), 3);
      await writeStoredTable(`${folder}/made.safetensors`, { genes: ["DDR1", "PAX8", "TP53"], values });
      return withoutDigest(await Deno.readFile(`${folder}/made.safetensors`));
    },
    mutate: (whole, draws) => mutateBytes(whole, draws),
    read: async (path) => {
      const { genes, rows, values } = await openStoredTable(path);
      return { genes, rows, values: values.take(Uint32Array.from({ length: rows }, (_, row) => row)) };
    },
  },
  {
    name: "stored-conditions",
    file: "condition_table.parquet",
    make: async (folder) => {
      await writeColumns(
        `${folder}/made.parquet`,
        new Map<string, string[] | Float32Array>([
          ["dose", Float32Array.of(10, 3.33, 10)],
          ["time", Float32Array.of(6, 24, 24)],
          ["canonical_smiles", ["CCO", "CC(=O)O", "CCO"]],
          ["cell_id", ["A375", "MCF7", "MCF7"]],
          ["pert_iname", ["ethanol", "acid, acetic", "ethanol"]],
        ]),
      );
      return await Deno.readFile(`${folder}/made.parquet`);
    },
    mutate: (whole, draws) =>
      mutateBytes(whole, draws, draws.below(2) > 0 ? Math.floor(whole.length / 3) : 0),
    read: (path) => readConditionTable(path),
  },
  {
    name: "study",
    file: "study.toml",
    make: () => Promise.resolve(encode(study)),
    mutate: (whole, draws) => draws.below(2) > 0 ? table(" ")(whole, draws) : mutateBytes(whole, draws),
    read: readStudyFile,
  },
  jsonTarget(
    "tasks",
    {
      format: "perturbine tasks 1",
      kind: "folds",
      of: { seeds: 1 },
      command: "train mlp",
      tasks: [{
        path: "fold-0",
        config: {
          ...{ format: "perturbine run 2", model: "mlp", preset: null, layout: "signatures" },
          ...{ data: { source: "folder", folder: "data" }, reading: {}, identity: "canonical" },
          ...{ split: { rule: "random", number: 0 }, control: null, settings: { hidden: 16 } },
          ...{ training: null, seed: 42, from: null },
        },
      }],
    },
    (path) => readTaskList(folderOf(path)),
  ),
  jsonTarget("results", results, async (path) => {
    const report = await readReport(folderOf(path));
    return { report, over: overFolds([report]) };
  }),
  {
    name: "metrics",
    file: "metrics.jsonl",
    make: () => Promise.resolve(encode(metrics)),
    mutate(whole, draws) {
      const lines = decode(whole).trimEnd().split("\n"), at = draws.below(lines.length);
      lines[at] = decode(json(encode(lines[at]), draws));
      return encode(lines.join("\n") + "\n");
    },
    read: (path) => epochLines(folderOf(path)),
  },
];
