import type { Dataset, Key } from "../../datasets/dataset.ts";
import type { HostTensor, NamedTensors } from "../training_task.ts";
import { chunksOf, truthOf } from "./closed_form.ts";
import { namesOf, nameTensor, valuesOf } from "./name_tensor.ts";

/** What rows are averaged within. */
export type Group = "drug" | "cell";

/** Means of the training rows: over all of them, and within drugs or cell lines by identity. Sums are float64. */
export class GroupMeans {
  private constructor(
    /** Mean of all training rows. */
    readonly grand: Float32Array,
    readonly groups: ReadonlyMap<Group, ReadonlyMap<string, Float32Array>>,
  ) {}

  /** Averages the given rows. */
  static of(data: Dataset, rows: Uint32Array, groups: readonly Group[]): GroupMeans {
    const truth = truthOf(data);
    const { columns } = truth;
    const total = new Mean(columns);
    const sums = groups.map((group) => ({ group, key: data[group], means: new Map<number, Mean>() }));
    for (const chunk of chunksOf(rows)) {
      const values = truth.take(chunk);
      chunk.forEach((row, k) => {
        const profile = values.subarray(k * columns, (k + 1) * columns);
        total.add(profile);
        for (const { key, means } of sums) {
          let mean = means.get(key.of[row]);
          if (!mean) means.set(key.of[row], mean = new Mean(columns));
          mean.add(profile);
        }
      });
    }
    return new GroupMeans(
      total.value,
      new Map(sums.map(({ group, key, means }) => [
        group,
        new Map([...means].map(([unit, mean]) => [key.ids[unit], mean.value])),
      ])),
    );
  }

  /** Mean of the training rows of that unit; undefined when there were none. */
  mean(group: Group, key: Key, row: number): Float32Array | undefined {
    return this.groups.get(group)!.get(key.ids[key.of[row]]);
  }

  /** `grand`, and `drug.names`, `drug.means` and the like. */
  state(): NamedTensors {
    const { grand } = this;
    const state: NamedTensors = new Map([["grand", table([grand.length], [grand])]]);
    for (const [group, means] of this.groups) {
      state.set(`${group}.names`, nameTensor([...means.keys()]));
      state.set(`${group}.means`, table([means.size, grand.length], [...means.values()]));
    }
    return state;
  }

  /** What {@link GroupMeans.state} gave. @throws {CheckpointError} */
  static from(state: NamedTensors, columns: number, groups: readonly Group[]): GroupMeans {
    return new GroupMeans(
      valuesOf(state, "grand", [columns]),
      new Map(groups.map((group) => {
        const names = namesOf(state, `${group}.names`);
        const means = valuesOf(state, `${group}.means`, [names.length, columns]);
        return [
          group,
          new Map(names.map((name, k) => [name, means.subarray(k * columns, (k + 1) * columns)])),
        ];
      })),
    );
  }
}

class Mean {
  readonly #sums: Float64Array;
  #count = 0;

  constructor(columns: number) {
    this.#sums = new Float64Array(columns);
  }

  add(profile: Float32Array): void {
    this.#count++;
    for (let column = 0; column < profile.length; column++) this.#sums[column] += profile[column];
  }

  /** Of float32, as it is stored: what is predicted is the same before and after. */
  get value(): Float32Array {
    return Float32Array.from(this.#sums, (sum) => sum / this.#count);
  }
}

function table(shape: readonly number[], rows: readonly Float32Array[]): HostTensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  rows.forEach((row, k) => data.set(row, k * row.length));
  return { shape, dtype: "F32", data };
}
