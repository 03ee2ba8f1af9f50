/** What values of expression look like. */
export type ExpressionScale = "counts" | "log" | "z-scores" | "large";

/** Told by range: whole numbers are counts, values of one sign with a mean of a few units logarithms, the rest z-scores. */
export function expressionScale(values: Float32Array): ExpressionScale {
  let least = Infinity, most = -Infinity, sum = 0, whole = true;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
    whole &&= Number.isInteger(value);
  }
  const mean = sum / values.length;
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
export function scaleNotes(file: string, values: Float32Array): string[] {
  const scale = expressionScale(values);
  // A handful of values may look like anything.
  if (scale === "z-scores" || values.length < 50) return [];
  let least = Infinity, most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const text = (value: number) => Number(value.toPrecision(4)).toLocaleString("en-GB");
  return [
    `${file}: the values look like ${words[scale]}, from ${text(least)} to ${
      text(most)
    }, expected z-scores of each gene; ` +
    "what is trained on them does not fit other data: z-score them first.",
  ];
}
