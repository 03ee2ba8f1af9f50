import type { Engine, HostArray, Plan, StepValues, Tensor } from "../engine/mod.ts";
import type { RandomValues } from "../testing/random_values.ts";

/** Sizes of a benchmark by name, in the words of its kernel (genes, batch, width, ...). */
export type Sizes = Readonly<Record<string, number>>;

/** Parts of a step that are timed. */
export type Pass = "forward" | "backward" | "both";

/** Values on the host by the name of an input. */
export type HostInputs = Readonly<Record<string, HostArray>>;

/** What a step reads. */
export interface BoundInput {
  readonly tensor: Tensor;
  readonly values: HostArray;
  /** Data that other inputs depend on (lists, layouts): the same in every repeat. Integers always are. */
  readonly fixed?: boolean;
}

/** What a step must leave. */
export interface CaseResult {
  readonly name: string;
  readonly pass: "forward" | "backward";
  /** Values. */
  readonly length: number;
  read(): Promise<ArrayLike<number>>;
}

/** One variant of a kernel, ready to run. */
export interface PreparedCase {
  /** Forward and backward of the kernel, and nothing else. */
  readonly plan: Plan;
  /** Step values of a replay; by default those in which nothing is learned. */
  readonly values?: StepValues;
  /** Everything that the step reads and that the judge may draw anew, the upstream gradient included. */
  readonly inputs: Readonly<Record<string, BoundInput>>;
  readonly results: readonly CaseResult[];
  /** The results by name in float64, for any values of the inputs. */
  expected(inputs: HostInputs): Readonly<Record<string, ArrayLike<number>>>;
  /** Sets state back that a replay moves, before the next one. */
  reset?(): void;
  /** Frees what the engine does not own. */
  dispose?(): void;
}

/** How an input becomes one at which careless float32 overflows or cancels. */
export interface Loud {
  /** Every value times this, rounded to a multiple of `grid` so that differences of values are exact. */
  readonly scale?: number;
  readonly grid?: number;
  /** Then added. */
  readonly shift?: number;
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
  /**
   * Operations that forward and backward need, counted in the float64 reference (a test counts again); absent where the
   * reference does some twice. `inputs` are those of a prepared step, for what sizes alone do not say.
   */
  flops?(sizes: Sizes, inputs: PreparedCase["inputs"]): number;
  /** Smallest of a size at which the operation is defined; 1 where it says nothing. */
  readonly least?: Sizes;
  /** Inputs that the judge makes large once, at small sizes, to see whether a variant is careless. */
  readonly loud?: Readonly<Record<string, Loud>>;
  /** Why a variant is not run at these sizes on an adapter, in one sentence; undefined where it is. */
  skip?(variant: string, sizes: Sizes, features: ReadonlySet<string>): string | undefined;
  /** Fresh inputs from `random`, and the recorded step. */
  prepare(engine: Engine, variant: string, sizes: Sizes, random: RandomValues): Promise<PreparedCase>;
}
