import type { Chemistry } from "../datasets/molecules/chemistry.ts";
import { conditionSplit } from "../datasets/splits/condition_split.ts";
import { hashSplit } from "../datasets/splits/hash_split.ts";
import { kFold } from "../datasets/splits/k_fold.ts";
import { torchRandomSplit } from "../datasets/splits/torch_random_split.ts";
import type { SampleTable, Split } from "../datasets/types.ts";
import { UserError } from "../datasets/user_error.ts";
import type { SplitConfig } from "../models/run_config.ts";

/**
 * Cuts the rows of a data set as its configuration says. Drugs are grouped by canonical identity, not by spelling.
 *
 * @throws {UserError} when the data do not allow that split.
 */
export function makeSplit(split: SplitConfig, samples: SampleTable, chemistry: Chemistry): Split {
  switch (split.kind) {
    case "random":
    case "blind": {
      const groups = split.kind === "blind" ? canonicalDrugs(samples, chemistry) : undefined;
      return hashSplit({ rows: samples.rows, kind: split.kind, split: split.number, groups });
    }
    case "torch":
      return torchRandomSplit(samples.rows, split.number);
    case "condition":
      return conditionSplit(samples, { seed: split.number });
    case "folds": {
      if (split.fold >= split.folds) {
        throw new UserError(`Fold ${split.fold} of ${split.folds}: expected 0 to ${split.folds - 1}.`);
      }
      const needsCells = split.setting === "cell-blind" || split.setting === "disjoint";
      if (needsCells && !samples.cells) {
        throw new UserError(
          `A ${split.setting} split needs the cell line of every row, but the data have no cell_id column; ` +
            "add it or choose another split.",
        );
      }
      const folds = kFold({
        kind: split.setting,
        drugs: canonicalDrugs(samples, chemistry),
        cells: samples.cells ?? Array.from({ length: samples.rows }, () => ""),
        seed: split.number,
        folds: split.folds,
      });
      return folds[split.fold];
    }
  }
}

function canonicalDrugs(samples: SampleTable, chemistry: Chemistry): string[] {
  const canonical = samples.drugs.map((smiles) => chemistry.canonicalSmiles(smiles));
  return Array.from(samples.drugOfRow, (drug) => canonical[drug]);
}
