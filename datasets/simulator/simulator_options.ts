import { z } from "zod";
import { simulatedDecoys, simulatedDrugs } from "./simulator_drugs.ts";
import { UserError } from "../user_error.ts";

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const spread = z.number().min(0).max(10);

/** Options of `simulateL1000`. All spreads are standard deviations in log2 units unless said otherwise. */
export interface SimulatorOptions {
  /** Everything is drawn from it: same options, same bytes. Default 1. */
  readonly seed: number;
  /** Measured genes, 160 or more: the named genes of the processes, then SIM0001, SIM0002, ... Default 240. */
  readonly genes: number;
  /** Cell lines of the profiles. Default 4. */
  readonly cells: number;
  /** Active drugs, the first so many of `simulatedDrugs`. Default 24. */
  readonly drugs: number;
  /** Molecules without any effect, the first so many of `simulatedDecoys`. Default 6. */
  readonly decoys: number;
  /** µM. Default 0.12, 1.11, 10. */
  readonly doses: readonly number[];
  /** Hours after treatment. Default 6, 24. */
  readonly times: readonly number[];
  /** Wells a condition, each on another plate. Default 2. */
  readonly replicates: number;
  /** Vehicle wells a plate (one plate a cell line, time and replicate). Default 8. */
  readonly controlWells: number;
  /** Vehicle wells, drawn from the plate for every treated well, whose mean is its basal profile. Default 3. */
  readonly controlsAveraged: number;
  /**
   * Between wells of one plate. Default 0.3: vehicle wells of real A375, HT115 and SKBR3 plates have a median over genes of
   * 0.30 to 0.35.
   */
  readonly wellNoise: number;
  /** Between plates, a shift of each gene that treated and vehicle wells of the plate share. Default 0.2. */
  readonly plateNoise: number;
  /** Cell lines with drug response, the lines of the profiles first. Default 24. */
  readonly responseCells: number;
  /** Share of the (drug, cell line) pairs whose response was measured. Default 0.8. */
  readonly responseShare: number;
  /** Of ln IC50, natural-log units. Default 0.4. */
  readonly responseNoise: number;
}

/** What a caller may give: what is left out gets its default. */
export type SimulatorInput = Partial<SimulatorOptions>;

/** Checks and defaults of `SimulatorOptions`: the small experiment that the demo trains on. */
const simulatorOptionsSchema: z.ZodType<SimulatorOptions, SimulatorInput> = z.strictObject({
  seed: whole(0, 0xffffffff).default(1),
  genes: whole(160, 20_000).default(240),
  cells: whole(1, 200).default(4),
  drugs: whole(1, simulatedDrugs.length).default(24),
  decoys: whole(0, simulatedDecoys.length).default(6),
  doses: z.array(z.number().positive().max(1e4)).min(1).readonly().default([0.12, 1.11, 10]),
  times: z.array(z.number().positive().max(1e3)).min(1).readonly().default([6, 24]),
  replicates: whole(1, 50).default(2),
  controlWells: whole(1, 100).default(8),
  controlsAveraged: whole(1, 100).default(3),
  wellNoise: spread.default(0.3),
  plateNoise: spread.default(0.2),
  responseCells: whole(2, 2_000).default(24),
  responseShare: z.number().positive().max(1).default(0.8),
  responseNoise: spread.default(0.4),
});

/** Checks options and fills in defaults. @throws {UserError} naming the option, the value and what is allowed. */
export function resolveSimulatorOptions(input: SimulatorInput = {}): SimulatorOptions {
  const result = simulatorOptionsSchema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], input);
    return path.length === 0 ? message : `${path.join(".")} is ${JSON.stringify(found)}: ${message}`;
  });
  throw new UserError(`The simulator cannot use these options: ${problems.join("; ")}; change them.`);
}
