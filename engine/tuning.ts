import type { Uniforms } from "../kernels/descriptor.ts";
import type { Tunable } from "../kernels/tunable.ts";
import { runtimeName } from "./runtime_name.ts";

/** One tuned choice, with what it was chosen on. */
export interface TuningEntry {
  /** Kernel and parameter. */
  readonly tunable: string;
  /** Class of shapes that it holds for. */
  readonly shape: string;
  /** What runs. */
  readonly choice: string | number;
  /** What would run without a table. */
  readonly byRule: string | number;
  /** Median milliseconds of both, in turn on one device. */
  readonly ms: number;
  /** Milliseconds of the variant that the rule would have chosen. */
  readonly msByRule: number;
  /** Largest difference from float64 over the largest value. */
  readonly error: number;
  /** Everything that was measured for it, losers and wrong ones too; absent in tables of earlier versions. */
  readonly candidates?: readonly TunedCandidate[];
}

/** A candidate of a tuned choice, as measured. */
export interface TunedCandidate {
  /** What ran. */
  readonly choice: string | number;
  /** Median milliseconds; of its one run where it was hopeless, null where its result was wrong. */
  readonly ms: number | null;
  /** Times taken. */
  readonly rounds: number;
  /** Largest difference from float64 over the largest value. */
  readonly error: number;
}

/** Choices for one adapter and driver. */
export interface TuningTable {
  /** Version of the format. */
  readonly format: "perturbine tuning 1";
  /** From `adapterIdentity`: choices hold for no other. */
  readonly adapter: string;
  /** The choices. */
  readonly entries: readonly TuningEntry[];
}

/** Adapter, driver and WebGPU implementation in one line. */
export function adapterIdentity({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  const parts = [vendor, architecture, device, description, runtimeName()];
  return parts.map((part) => part.trim()).filter(Boolean).join(" | ");
}

/**
 * What an engine asks before it goes by the rules of the adapter class. Results depend on the table: a run that is to
 * repeat bit for bit keeps the one it began with.
 */
export class Tuning {
  readonly #choices = new Map<string, string | number>();

  /** Takes the entries over. */
  constructor(readonly entries: readonly TuningEntry[] = []) {
    for (const { tunable, shape, choice } of entries) this.#choices.set(`${tunable} ${shape}`, choice);
  }

  /** The tuned choice for some sizes; undefined where none was made, or it is no candidate any more. */
  choose<Value extends string | number>(tunable: Tunable<Value>, sizes: Uniforms): Value | undefined {
    if (this.#choices.size === 0) return undefined;
    const choice = this.#choices.get(`${tunable.name} ${tunable.shapeClass(sizes)}`);
    return tunable.candidates.find((candidate) => candidate === choice);
  }
}
