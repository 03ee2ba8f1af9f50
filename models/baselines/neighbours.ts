import { z } from "zod";
import type { Dataset, Matrix } from "../../datasets/dataset.ts";
import type { NamedTensors } from "../training_task.ts";
import { type Fit, truthOf } from "./closed_form.ts";
import { valuesOf } from "./name_tensor.ts";
import type { Split } from "../../datasets/types.ts";

/** How neighbours are chosen. */
export interface NeighbourSettings {
  /** Numbers of drugs of which the validation rows choose one. */
  readonly neighbours: readonly number[];
  /** Temperatures of which the validation rows choose one. */
  readonly temperatures: readonly number[];
}

/** Fields of the settings, to be part of those of a model. */
export const neighbourFields = {
  neighbours: z.array(z.int().positive()).min(1).describe(
    "numbers of drugs of which the validation rows choose one",
  ),
  temperatures: z.array(z.number().positive()).min(1).describe(
    "of the weights exp(similarity / temperature); the validation rows choose one",
  ),
} as const;

/** What the validation rows choose among, unless told. */
export const usualNeighbours: NeighbourSettings = {
  neighbours: [1, 3, 5, 15, 50],
  temperatures: [0.05, 0.2, 1],
};

interface Choice {
  readonly neighbours: number;
  readonly temperature: number;
}

/**
 * A row gets the mean of the training drugs of its cell line that are most similar to its own (the drug itself counts 1), each
 * weighted by exp(similarity / temperature). In a cell line that was never trained on, the drugs' rows in all others stand in; a
 * drug that has nothing in common with them gets the cell mean.
 */
export function neighbourFit(
  data: Dataset,
  split: Split,
  settings: NeighbourSettings,
  similarity: DrugSimilarity,
): Fit {
  const library = new Library(data, similarity, split.train);
  let choice: Choice;
  const put = (state: NamedTensors) => {
    choice = {
      neighbours: valuesOf(state, "neighbours")[0],
      temperature: valuesOf(state, "temperature")[0],
    };
    return `${choice.neighbours === 1 ? "the nearest drug" : `${choice.neighbours} drugs`}, temperature ${
      Number(choice.temperature.toPrecision(6))
    }`;
  };
  const state = (): NamedTensors =>
    new Map(
      (["neighbours", "temperature"] as const).map((key) => [
        key,
        { shape: [], dtype: "F32", data: Float32Array.of(choice[key]) },
      ]),
    );
  return {
    fit() {
      const choices = settings.neighbours.flatMap((neighbours) =>
        settings.temperatures.map((temperature) => ({ neighbours, temperature }))
      );
      choice = best(
        choices,
        (one) => library.predict(split.validation, one),
        truthOf(data).take(split.validation),
      );
      return put(state());
    },
    predict: (rows) => library.predict(rows, choice),
    state,
    restore: put,
  };
}

/** The first of the choices with the least squared error; without validation rows the middle one. */
function best(
  choices: readonly Choice[],
  predict: (choice: Choice) => Float32Array,
  truth: Float32Array,
): Choice {
  if (truth.length === 0) return choices[choices.length >> 1];
  const errors = choices.map((choice) =>
    predict(choice).reduce((sum, value, at) => sum + (value - truth[at]) ** 2, 0)
  );
  return choices[errors.indexOf(Math.min(...errors))];
}

/** How alike two drugs are told to be: one number a drug of the data, 0 for nothing in common. */
export type DrugSimilarity = (drug: number) => Float64Array;

/** The training rows by cell line and drug. */
class Library {
  /** Cell line -> drug -> rows; under -1 the rows of all cell lines. */
  readonly #rows = new Map<number, Map<number, number[]>>();
  readonly #means = new Map<string, Float32Array>();
  readonly #similarities = new Map<number, Float64Array>();

  constructor(readonly data: Dataset, readonly similarity: DrugSimilarity, train: Uint32Array) {
    const { drug, cell } = data;
    for (const row of train) {
      for (const line of [cell.of[row], -1]) {
        let drugs = this.#rows.get(line);
        if (!drugs) this.#rows.set(line, drugs = new Map());
        const rows = drugs.get(drug.of[row]);
        if (rows) rows.push(row);
        else drugs.set(drug.of[row], [row]);
      }
    }
  }

  predict(rows: Uint32Array, { neighbours, temperature }: Choice): Float32Array<ArrayBuffer> {
    const truth = truthOf(this.data);
    const { columns } = truth;
    const { drug, cell } = this.data;
    const predicted = new Float32Array(rows.length * columns);
    const known = new Map<string, Float32Array>();
    rows.forEach((row, k) => {
      const key = `${drug.of[row]} ${cell.of[row]}`;
      let values = known.get(key);
      if (!values) {
        known.set(key, values = this.#row(truth, drug.of[row], cell.of[row], neighbours, temperature));
      }
      predicted.set(values, k * columns);
    });
    return predicted;
  }

  #row(truth: Matrix, drug: number, cell: number, neighbours: number, temperature: number): Float32Array {
    const line = this.#rows.has(cell) ? cell : -1;
    const drugs = this.#rows.get(line)!;
    const sums = new Float64Array(truth.columns);
    const similarity = this.#similarityTo(drug);
    // With nothing in common with any of them no drug is nearer than another: all rows of the cell line count alike.
    const unknown = drugs.keys().every((other) => similarity[other] === 0);
    const chosen = unknown
      ? [...drugs].map(([other, rows]) => ({ other, weight: rows.length }))
      : this.#nearest([...drugs.keys()], drug, neighbours, temperature);
    const total = chosen.reduce((sum, { weight }) => sum + weight, 0);
    for (const { other, weight } of chosen) {
      const mean = this.#mean(truth, line, other);
      for (let column = 0; column < sums.length; column++) sums[column] += weight / total * mean[column];
    }
    return Float32Array.from(sums);
  }

  #nearest(drugs: readonly number[], drug: number, count: number, temperature: number) {
    const similarity = this.#similarityTo(drug);
    const order = drugs.toSorted((a, b) => similarity[b] - similarity[a] || a - b).slice(0, count);
    const most = similarity[order[0]];
    return order.map((other) => ({ other, weight: Math.exp((similarity[other] - most) / temperature) }));
  }

  /** Similarity of a drug to every other; 1 to itself, whatever is known of it. */
  #similarityTo(drug: number): Float64Array {
    const known = this.#similarities.get(drug);
    if (known) return known;
    const similarity = this.similarity(drug);
    similarity[drug] = 1;
    this.#similarities.set(drug, similarity);
    return similarity;
  }

  /** Mean of a drug's training rows in a cell line (-1: in all). */
  #mean(truth: Matrix, line: number, drug: number): Float32Array {
    const key = `${line} ${drug}`;
    const known = this.#means.get(key);
    if (known) return known;
    const rows = this.#rows.get(line)!.get(drug)!;
    const sums = new Float64Array(truth.columns);
    truth.take(rows).forEach((value, at) => sums[at % truth.columns] += value);
    const mean = Float32Array.from(sums, (sum) => sum / rows.length);
    this.#means.set(key, mean);
    return mean;
  }
}
