import type { Engine, Plan, StepValues } from "../engine/mod.ts";
import type { RandomValues } from "../testing/random_values.ts";

/** Sizes of a benchmark by name, in the words of its kernel (genes, batch, width, ...). */
export type Sizes = Readonly<Record<string, number>>;

/** Parts of a step that are timed. */
export type Pass = "forward" | "backward" | "both";

/** One variant of a kernel, ready to run. */
export interface PreparedCase {
  /** Forward and backward of the kernel, and nothing else. */
  readonly plan: Plan;
  /** Step values of a replay; by default those in which nothing is learned. */
  readonly values?: StepValues;
  /**
   * Compares what the last replay left with float64: largest relative error of the output (forward) and of all
   * gradients (backward).
   */
  errors(): Promise<{ readonly forward: number; readonly backward: number }>;
  /** Frees what the engine does not own. */
  dispose?(): void;
}

/** A kernel to measure: its variants do the same work on the same inputs. */
export interface KernelCase {
  readonly name: string;
  /** One line for --help and the table. */
  readonly summary: string;
  /** Default sizes; their names are the ones that may be set. */
  readonly sizes: Sizes;
  /** What the product runs first; "naive" is what speed-ups are counted from. */
  readonly variants: readonly string[];
  /** Largest error at which a variant counts as right, where it is not everybody's: for reduced precision. */
  readonly tolerances?: Readonly<Record<string, number>>;
  /** Why a variant is not run at these sizes on an adapter, in one sentence; undefined where it is. */
  skip?(variant: string, sizes: Sizes, features: ReadonlySet<string>): string | undefined;
  /** Fresh inputs from `random`, and the recorded step. */
  prepare(engine: Engine, variant: string, sizes: Sizes, random: RandomValues): Promise<PreparedCase>;
}
