/** A prediction that costs nothing: what a model has to beat, or (negative control, ceiling) what it lies between. */
export interface Baseline {
  /** Short name for tables, `additive` for one. */
  readonly name: string;
  /** How it is computed, in one sentence. */
  readonly description: string;
  /** One row a test row in the order of `Split.test`, row-major. */
  readonly prediction: Float32Array<ArrayBuffer>;
  /**
   * Name of an earlier baseline in the list that predicts the same values here, so that a table can say so instead of showing
   * the same figure twice as if it were news. In a data set of one cell line the cell mean is the training mean.
   */
  readonly coincidesWith?: string;
  /**
   * What it is for: a model has to beat every `floor` and `mean`; a `reference` is printed beside it whoever wins; the `ceiling`
   * and the `negative control` say how good and how bad a prediction can sensibly be.
   */
  readonly role: "floor" | "mean" | "reference" | "ceiling" | "negative control";
}

/** Fills in `coincidesWith`: the first earlier baseline whose prediction differs nowhere by more than float32 rounding. */
export function markCoinciding(baselines: readonly Baseline[]): Baseline[] {
  return baselines.map((baseline, place) => {
    const twin = baselines.slice(0, place).find((earlier) => same(earlier.prediction, baseline.prediction));
    return twin ? { ...baseline, coincidesWith: twin.name } : baseline;
  });
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => Math.abs(value - b[i]) <= 1e-6 * Math.max(1, Math.abs(value)));
}
