import type { Model } from "../model.ts";
import { closedForm } from "./closed_form.ts";
import { type Group, GroupMeans } from "./group_means.ts";

/** What a baseline of means takes for one row: undefined where the drug or cell line was never trained on. */
export interface RowMeans {
  /** Of all training rows. */
  readonly grand: Float32Array;
  /** Of the drug's training rows. */
  readonly drug?: Float32Array;
  /** Of the cell line's training rows. */
  readonly cell?: Float32Array;
}

/** A baseline that combines means of training rows. */
export function meansModel(
  said: Pick<Model, "name" | "title" | "summary">,
  groups: readonly Group[],
  combine: (means: RowMeans) => ArrayLike<number>,
): Model {
  return closedForm({
    ...said,
    open({ data, split }) {
      const columns = data.outputs.names.length;
      let means: GroupMeans;
      return {
        fit() {
          means = GroupMeans.of(data, split.train, groups);
          return undefined;
        },
        predict(rows) {
          const values = new Float32Array(rows.length * columns);
          rows.forEach((row, k) => {
            const of = Object.fromEntries(
              groups.map((group) => [group, means.mean(group, data[group], row)]),
            );
            values.set(combine({ grand: means.grand, ...of }), k * columns);
          });
          return values;
        },
        state: () => means.state(),
        restore(state) {
          means = GroupMeans.from(state, columns, groups);
          return undefined;
        },
      };
    },
  });
}
