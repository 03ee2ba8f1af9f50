import { RandomStream } from "../../datasets/random.ts";
import type { Model } from "../model.ts";
import { closedForm, truthOf } from "./closed_form.ts";

/** B5 of field.md section 4: has the spread of real profiles and knows nothing of the drug. */
export const randomProfile: Model = closedForm({
  name: "random-profile",
  title: "Random profile",
  summary: "a random training row of the same cell line (negative control)",
  role: "negative",
  looksAtTraining: true,
  open({ data, split: { train }, seed }) {
    const truth = truthOf(data);
    const { of } = data.cell;
    const byCell = Map.groupBy(train, (row) => of[row]);
    return {
      fit: () => undefined,
      predict(rows) {
        // Keyed by the row, so that a row's draw does not depend on which others are asked for.
        const drawn = Array.from(rows, (row) => {
          const candidates = byCell.get(of[row]) ?? train;
          return candidates[new RandomStream(seed, 0xb5, row).below(candidates.length)];
        });
        return truth.take(drawn);
      },
      state: () => new Map(),
      restore: () => undefined,
    };
  },
});
