import type { Dataset } from "../../../datasets/dataset.ts";
import { evaluate, type EvaluationRequest } from "../../../datasets/evaluation/evaluate.ts";
import type { Prediction } from "../../../datasets/evaluation/types.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { numbers, rowTable } from "./row_table.ts";

/** Outputs of a world that has genes. */
export const genes = 43;

/** Evaluated rows and as many training rows. */
export interface World {
  readonly data: Dataset;
  readonly truth: Float32Array<ArrayBuffer>;
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly train: Uint32Array<ArrayBuffer>;
  /** Truth of the evaluated rows and noise of this size, which may differ from drug to drug. */
  noisy(size: number | ((drug: number) => number), seed: number): Float32Array<ArrayBuffer>;
}

/** `drugs` evaluated drugs of 1 to 5 rows over three cell lines, and as many rows of training drugs. */
export function world(
  { drugs = 24, kind = "signature" as "signature" | "profile" | "response" } = {},
): World {
  const random = new RandomStream(3, drugs);
  const columns = kind === "response" ? 1 : genes;
  const drugOf: string[] = [], cellOf: string[] = [];
  for (let drug = 0; drug < drugs; drug++) {
    for (let row = 0; row < 1 + drug % 5; row++) {
      drugOf.push(`T${drug}`);
      cellOf.push(["A375", "MCF7", "PC3"][row % 3]);
    }
  }
  const count = drugOf.length;
  const all = [...drugOf.map((name) => name.replace("T", "S")), ...drugOf];
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  const truth = normals(2 * count * columns);
  const data = rowTable({
    drugs: all,
    cells: [...cellOf, ...cellOf],
    doses: all.map((_, row) => row),
    kind,
    outputs: columns,
    truth,
    basal: normals(2 * count * columns),
  });
  const evaluated = truth.slice(count * columns);
  return {
    data,
    truth: evaluated,
    rows: numbers(count, count),
    train: numbers(count),
    noisy(size, seed) {
      const stream = new RandomStream(seed, 9);
      const of = typeof size === "number" ? () => size : size;
      return evaluated.map((value, i) =>
        value + of(Number(drugOf[Math.floor(i / columns)].slice(1))) * stream.normal()
      );
    },
  };
}

/** A prediction. */
export const entry = (
  name: string,
  role: Prediction["role"],
  values: Float32Array,
  more: Partial<Prediction> = {},
) => ({
  name,
  role,
  description: "",
  values,
  ...more,
});

/** Evaluates predictions of a world over drugs. */
export function judged(
  { data, rows, train }: World,
  predictions: Prediction[],
  more: Partial<EvaluationRequest> = {},
) {
  return evaluate({ data, rows, train, predictions, unit: "drug", ...more });
}
