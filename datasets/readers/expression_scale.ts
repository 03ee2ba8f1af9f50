import type { Matrix } from "../dataset.ts";
import { piecesOf } from "../matrix.ts";

/** What values of expression look like. */
export type ExpressionScale = "counts" | "log" | "z-scores" | "large";

/** Values in a few numbers. */
export interface ValueRange {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly count: number;
  /** Whether all are whole numbers. */
  readonly whole: boolean;
}

/** The range of values that are given piece by piece. */
export function valueRange(pieces: Iterable<Float32Array>): ValueRange {
  let least = Infinity, most = -Infinity, sum = 0, whole = true, count = 0;
  for (const values of pieces) {
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
      sum += value;
      whole &&= Number.isInteger(value);
    }
    count += values.length;
  }
  return { least, most, mean: sum / count, count, whole };
}

/** Told by range: whole numbers are counts, values of one sign with a mean of a few units logarithms, the rest z-scores. */
export function expressionScale({ least, most, mean, whole }: ValueRange): ExpressionScale {
  if (least >= 0 && whole && most > 20) return "counts";
  if (most > 100 || least < -100) return "large";
  if (least >= 0 && mean > 1.5) return "log";
  return "z-scores";
}

const words = {
  counts: "raw counts (whole numbers)",
  log: "logarithms of expression (no value is negative)",
  large: "expression that is neither z-scored nor logarithmic",
  "z-scores": "z-scores",
} as const;

/** What to say of a table that is not of z-scores, as the models expect them; none for one that is. */
export function scaleNotes(file: string, values: Matrix): string[] {
  const range = valueRange(piecesOf(values)), scale = expressionScale(range);
  // A handful of values may look like anything.
  if (scale === "z-scores" || range.count < 50) return [];
  const text = (value: number) => Number(value.toPrecision(4)).toLocaleString("en-GB");
  return [
    `${file}: the values look like ${words[scale]}, from ${text(range.least)} to ${
      text(range.most)
    }, expected z-scores of each gene; ` +
    "what is trained on them does not fit other data: z-score them first.",
  ];
}
