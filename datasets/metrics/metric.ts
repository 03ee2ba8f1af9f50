import type { Outputs } from "../dataset.ts";
import type { MetricRow } from "./metric_row.ts";
import type { Values } from "./order.ts";

/** All rows at once, for what is no mean over rows. */
export interface MetricTable {
  /** rows x columns. */
  readonly predicted: Values;
  /** rows x columns. */
  readonly truth: Values;
  /** Outputs a row. */
  readonly columns: number;
  /** Drug of each row, as a number. */
  readonly drugOf: ArrayLike<number>;
  /** Cell line of each row, as a number. */
  readonly cellOf: ArrayLike<number>;
}

/** A number that judges a prediction. It has either `perRow` (and is the mean over rows) or `pooled`. */
export interface Metric {
  /** Key in tables and files. */
  readonly name: string;
  /** In words. */
  readonly title: string;
  /** For the heads of tables. */
  readonly short: string;
  /** Which end is good. */
  readonly best: "high" | "low";
  /** What a perfect prediction gets. */
  readonly perfect: number;
  /** Of the number: none, that of the outputs, or its square. */
  readonly unit: "none" | "output" | "output squared";
  /** Where its formula stands. */
  readonly source: string;
  /** Kinds of outputs it means something for. */
  readonly kinds: readonly Outputs["kind"][];
  /** It changes when a prediction is multiplied by a positive number. */
  readonly scale: boolean;
  /**
   * What there must be besides predictions and truth: a control that the change is taken against (signatures are changes), training
   * rows for their mean.
   */
  readonly needs?: "control" | "training";
  /** Fewest outputs with which it says something: twice the length of a list of top genes. */
  readonly least?: number;
  /** Of one row; NaN where it is not defined there, and the row then does not count. */
  readonly perRow?: (row: MetricRow) => number;
  /** Of all rows; NaN where it is not defined. */
  readonly pooled?: (table: MetricTable) => number;
}

/** What correlations, overlaps and shares have in common: 1 is perfect, and no unit. */
export const agreement = { best: "high", perfect: 1, unit: "none" } as const;

/** What errors have in common: 0 is perfect, and the scale counts. */
export const error = { best: "low", perfect: 0, scale: true } as const;
