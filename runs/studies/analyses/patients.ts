import { placeText, readCsv, RowError } from "../../../datasets/readers/csv.ts";
import { requireColumn } from "../../../datasets/readers/named_columns.ts";
import { parseNumber } from "../../../datasets/readers/parse_number.ts";
import { quoteValue } from "../../../datasets/readers/quote_value.ts";
import { studentTTest, type TTest, welchTTest } from "../../../datasets/statistics/t_tests.ts";
import { UserError } from "../../../datasets/user_error.ts";

/** A drug in patients: what was predicted for those who responded and for those who did not. */
export interface PatientDrug {
  readonly drug: string;
  readonly responders: readonly number[];
  readonly others: readonly number[];
  /** Whether the responders' mean is smaller: one-sided, common variance. */
  readonly student: TTest;
  /** The same with variances of their own. */
  readonly welch: TTest;
}

/** A drug is tested with more than so many patients of either kind, as in the paper. */
const fewestPatients = 10;

/**
 * Predicted responses of patients by drug: is the predicted ln IC50 of responders lower? (csg2a.md 1.2 number 6, 6.8)
 *
 * @param path what `predict` made of `patients.csv`: `drug_name`, `responder`, and the prediction `IC50`.
 * @throws {UserError} when a column is missing or no drug has more than ten patients of either kind.
 */
export async function studyPatients(
  path: string,
): Promise<{ readonly drugs: PatientDrug[]; readonly left: number }> {
  const found = new Map<string, { readonly responders: number[]; readonly others: number[] }>();
  let drug = 0, responder = 0, predicted = 0;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      drug = requireColumn(path, columns, "drug_name", "drug");
      responder = requireColumn(path, columns, "responder");
      predicted = requireColumn(path, columns, "IC50", "ln_ic50", "prediction");
    },
    row(cells, place) {
      const value = parseNumber(cells[predicted]), kind = cells[responder].trim();
      if (Number.isNaN(value) || kind !== "0" && kind !== "1") {
        throw new RowError(
          `${placeText(place)}: found the prediction ${quoteValue(cells[predicted])} and responder ${
            quoteValue(kind)
          }, expected a number, and 0 or 1; give what \`perturbine predict\` made of patients.csv.`,
        );
      }
      const name = cells[drug].trim();
      const own = found.get(name) ?? { responders: [], others: [] };
      (kind === "1" ? own.responders : own.others).push(value);
      found.set(name, own);
    },
  });
  const drugs = [...found]
    .filter(([, { responders, others }]) =>
      responders.length > fewestPatients && others.length > fewestPatients
    )
    .map(([drug, { responders, others }]) => ({
      drug,
      responders,
      others,
      student: studentTTest(responders, others, "less"),
      welch: welchTTest(responders, others, "less"),
    }))
    .sort((a, b) => a.student.p - b.student.p);
  if (drugs.length === 0) {
    throw new UserError(
      `${path}: none of its ${found.size} drugs has more than ${fewestPatients} responders and more than ${fewestPatients} others; give a larger table.`,
    );
  }
  return { drugs, left: found.size - drugs.length };
}
