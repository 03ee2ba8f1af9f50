import { kernelCases } from "../kernels/mod.ts";
import { modelCases } from "../models/mod.ts";
import type { SurveyFacts } from "./adapter_facts.ts";
import type { SurveyPart } from "./part.ts";

/** What a survey is told. */
export interface SurveyChoice {
  /** Where everything goes, as an absolute path. */
  readonly folder: string;
  /** Small sizes and few repeats: whether everything works, rather than how fast it is. */
  readonly quick?: boolean;
  /** Folder of golden files. */
  readonly goldens?: string;
}

/** Kernels that have a form with subgroup operations on GPUs, or a variant. */
const subgrouped = [
  "gene-attention",
  "softmax",
  "layer-norm",
  "set-norm",
  "batch-norm",
  "loss-listnet",
  "matmul",
];

/** Kernels in which models spend their time, by `bench models`. */
const carrying = ["matmul", "additive-attention", "gene-attention", "csg2a-block", "mat-attention"];

/** The others, so many a process: what one that dies takes along. */
const together = 8;

/** Tests that compare kernels and operations with float64 in the forms that this adapter runs. */
const correctness = ["tests/kernels/matmul", "tests/kernels/graph_attention", "tests/engine/operations"];
const further = ["tests/engine/normalisation", "tests/engine/dot_attention", "tests/engine/optimizer"];

/** Everything worth measuring on an adapter, the most valuable first. Seconds are guesses for a GPU, measured for `quick` in software. */
export function surveyParts(
  { folder, quick = false, goldens }: SurveyChoice,
  facts: SurveyFacts,
): SurveyPart[] {
  const file = (name: string) => `${folder}/${name}`;
  const time = (full: number, small: number) => quick ? small : full;
  const [carriers, others] = kernelParts(file, quick);
  return [
    {
      name: "launch-cost",
      what: "empty dispatches, passes, submits, waits, read-backs",
      program: "launchCost",
      words: [file("launch-cost.json"), ...quick ? ["100"] : []],
      file: "launch-cost.json",
      seconds: time(6, 5),
    },
    {
      name: "goldens",
      what: "the golden files of the original codes",
      program: "goldens",
      words: [...quick ? ["ops"] : [], "--out", file("goldens.json")],
      file: "goldens.json",
      environment: goldens === undefined ? {} : { PERTURBINE_GOLDENS: goldens },
      seconds: time(60, 30),
      lacking: goldens === undefined ? "no folder of goldens was given (--goldens DIR)" : undefined,
    },
    {
      name: "tests",
      what: "kernels and operations against float64",
      program: "tests",
      words: quick ? correctness.slice(0, 1) : [...correctness, ...further],
      file: "tests.txt",
      prints: true,
      seconds: time(60, 40),
    },
    ...[undefined, ...facts.subgroupSizes].map((size): SurveyPart => {
      const name = `subgroups${size === undefined ? "" : `-${size}`}`;
      return {
        name,
        what: size === undefined ? "subgroup forms beside plain ones" : `the same in subgroups of ${size}`,
        program: "perturbine",
        dawn: true,
        words: [
          ...["bench", "kernels", "--subgroups", "--no-roofline", "--repeats", quick ? "1" : "5"],
          ...[
            "--kernel",
            quick ? "loss-listnet" : subgrouped.join(","),
            "--variant",
            quick ? "chosen" : "chosen,streaming,subgroups",
          ],
          ...size === undefined ? [] : ["--subgroup-size", String(size)],
          ...["--out", file(`${name}.json`)],
        ],
        file: `${name}.json`,
        seconds: time(30, 15),
        lacking: facts.noSubgroups,
      };
    }),
    {
      name: "matrix-units",
      what: "products on matrix units, with their error, beside others",
      program: "perturbine",
      dawn: true,
      words: [
        ...["bench", "kernels", "--kernel", "matmul", "--no-roofline", "--variant", "chosen,matrix_units"],
        ...quick ? ["--guard", "--repeats", "1"] : ["--sweep"],
        ...["--out", file("matrix-units.json")],
      ],
      file: "matrix-units.json",
      seconds: time(20, 5),
      lacking: facts.noMatrixUnits,
    },
    ...carriers,
    ...modelCases.map(({ name }): SurveyPart => ({
      name: `model-${name}`,
      what: `training and inference of ${name}`,
      program: "perturbine",
      words: [
        ...["bench", "models", "--model", name, "--out", file(`model-${name}.json`)],
        ...quick ? ["--reduced", "--steps", "1", "--no-roofline"] : [],
      ],
      file: `model-${name}.json`,
      seconds: time(12, 15),
    })),
    {
      name: "peers",
      what: "TensorFlow.js and jax-js beside it",
      program: "perturbine",
      words: [
        ...["bench", "peers", "--out", file("peers.json")],
        ...quick ? ["--case", "matmul", "--sizes", "n=128", "--rounds", "1"] : [],
      ],
      file: "peers.json",
      seconds: time(45, 15),
    },
    {
      name: "tune",
      what: "every choice of variants by measurement",
      program: "perturbine",
      words: ["tune", "--json", ...quick ? ["--rounds", "2", "--", "demo", "--epochs", "1"] : []],
      // The user's own table stays as it is.
      environment: { PERTURBINE_CACHE: file("cache") },
      file: "tuning.json",
      prints: true,
      seconds: time(60, 40),
    },
    {
      name: "pytorch",
      what: "PyTorch CUDA, eager and compiled",
      program: "python3",
      words: [
        ...["bench/pytorch/peers.py", "--device", "cuda", "--precision", "fp32,tf32", "--compile"],
        ...quick ? ["--small", "--repeats", "2"] : [],
      ],
      file: "pytorch.json",
      prints: true,
      seconds: time(60, 30),
      lacking: facts.noTorch,
    },
    ...others,
    ...quick ? [] : modelCases.slice(0, 3).map(({ name }): SurveyPart => ({
      name: `tuned-${name}`,
      what: `${name} by the table of tune`,
      program: "perturbine",
      words: ["bench", "models", "--tuned", "--model", name, "--out", file(`tuned-${name}.json`)],
      environment: { PERTURBINE_CACHE: file("cache") },
      file: `tuned-${name}.json`,
      seconds: 12,
    })),
  ];
}

/** The kernels in parts: those that carry the models, and the others. */
function kernelParts(file: (name: string) => string, quick: boolean): [SurveyPart[], SurveyPart[]] {
  const rest = kernelCases.map(({ name }) => name).filter((name) => !carrying.includes(name));
  const groups: string[][] = [quick ? ["softmax", "elementwise"] : carrying];
  for (let from = 0; !quick && from < rest.length; from += together) {
    groups.push(rest.slice(from, from + together));
  }
  const [first, ...others] = groups.map((names, k): SurveyPart => ({
    name: `kernels-${k + 1}`,
    what: k === 0 && !quick ? "kernels that carry the models" : `kernels ${names[0]} to ${names.at(-1)}`,
    program: "perturbine",
    words: [
      ...["bench", "kernels", "--kernel", names.join(","), "--out", file(`kernels-${k + 1}.json`)],
      ...quick ? ["--guard", "--repeats", "2"] : [],
    ],
    file: `kernels-${k + 1}.json`,
    seconds: quick ? 20 : 8 * names.length,
  }));
  return [[first], others];
}
