import type { IsaRow } from "../lens/isa_row.ts";
import type { Datasheet } from "./datasheets.ts";
import type { PlannedStep } from "./planned_steps.ts";
import { type Assumptions, type StepBound, stepBound } from "./predict.ts";

/** The predicted bound of a kernel or a training step on one chip. Names as in the JSON. */
export interface Prediction extends StepBound {
  readonly kind: "kernel" | "model";
  readonly name: string;
  /** Variant of a kernel, scale of a model. */
  readonly variant: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly chip: string;
  readonly known: string;
  /** Where the chip's figures are from. */
  readonly source: string;
  /** Chip whose machine code is taken; null: none, shares and occupancy are left out. */
  readonly code: string | null;
  readonly assumed: Assumptions;
}

/** Most calls that a file keeps of a step. */
const kept = 15;

/** A step on some chips. */
export function predictions(
  { calls, ...named }: PlannedStep,
  chips: readonly Datasheet[],
  rows: readonly IsaRow[],
  assumed: Assumptions,
): Prediction[] {
  return chips.map((chip): Prediction => {
    const bound = stepBound(calls, chip, rows, assumed);
    return {
      ...named,
      chip: chip.name,
      known: chip.known,
      source: chip.source,
      code: chip.lens?.chip ?? null,
      assumed,
      ...bound,
      calls: bound.calls.slice(0, kept),
    };
  });
}
