import type { Dataset } from "../../dataset.ts";
import { rowsText } from "../../readers/rows_text.ts";
import type { ProfileInputs } from "./inputs.ts";
import type { TrainedRanges } from "./kept_run.ts";

/** µM from which on a dose is a mistake more often than a dose: ten millimolar. */
const largestDose = 1e4;

/** How far beyond the training range, as a factor, nothing was learned any more. */
const farFactor = 1e3;

/** What is implausible about doses and basal profiles of asked rows. @param ranges of the training data, where known. */
export function conditionWarnings(
  { dose, inputs: { basal } }: Dataset<ProfileInputs>,
  sourceRows: ArrayLike<number>,
  ranges: TrainedRanges | undefined,
): string[] {
  const rowsWhere = (test: (row: number) => boolean) => [...dose.keys()].filter(test);
  const named = (rows: number[]) => rowsText(rows.map((row) => sourceRows[row]));
  const few = (rows: number[]) =>
    [...new Set(rows.map((row) => Number(dose[row].toPrecision(6))))].slice(0, 3).join(", ");
  const huge = rowsWhere((row) => dose[row] >= largestDose);
  const far = ranges
    ? rowsWhere((row) =>
      dose[row] < largestDose &&
      (dose[row] > farFactor * ranges.dose.most || dose[row] * farFactor < ranges.dose.least)
    )
    : [];
  const scale = rowsWhere((row) => offScale(basal.take([row]), ranges));
  const [least, most] = ranges ? [ranges.dose.least, ranges.dose.most] : [];
  return [
    ...(huge.length > 0 ? [`${named(huge)}: a dose of ${few(huge)} µM is implausible; is it in nM?`] : []),
    ...(far.length > 0
      ? [
        `${named(far)}: a dose of ${
          few(far)
        } µM is more than a thousand times outside the trained range (${least} to ${most} µM).`,
      ]
      : []),
    ...(scale.length > 0
      ? [
        `${named(scale)}: the basal profile is on another scale than ${
          ranges
            ? `the run's data (mean ${ranges.basal.mean.toFixed(1)}, standard deviation ${
              ranges.basal.deviation.toFixed(1)
            })`
            : "z-scores"
        }; it looks like log2 values or counts.`,
      ]
      : []),
  ];
}

/** Whether the mean of a profile lies where the mean of no profile of the training data can lie. */
function offScale(profile: Float32Array, ranges: TrainedRanges | undefined): boolean {
  const mean = profile.reduce((sum, value) => sum + value, 0) / profile.length;
  const { mean: expected, deviation } = ranges?.basal ?? { mean: 0, deviation: 1 };
  return Math.abs(mean - expected) > 1.5 * Math.max(deviation, 1e-6);
}
