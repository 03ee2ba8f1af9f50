import { z } from "zod";
import { UserError } from "./user_error.ts";
import { simulatedDecoys, simulatedDrugs } from "./simulator_drugs.ts";

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const spread = z.number().min(0).max(10);

/** Options of `simulateL1000`, with the defaults that the demo trains on. All spreads are standard deviations in log2 units. */
export const simulatorOptionsSchema = z.strictObject({
  /** Everything is drawn from it: same options, same bytes. */
  seed: whole(0, 0xffffffff).default(1),
  /** Measured genes: the named genes of the processes, then genes called SIM0001, SIM0002, ... */
  genes: whole(160, 20_000).default(240),
  /** Cell lines of the profiles. */
  cells: whole(1, 200).default(4),
  /** Active drugs, the first so many of the list. */
  drugs: whole(1, simulatedDrugs.length).default(24),
  /** Molecules without any effect, the first so many of the list. */
  decoys: whole(0, simulatedDecoys.length).default(6),
  /** µM. */
  doses: z.array(z.number().positive().max(1e4)).min(1).default([0.12, 1.11, 10]),
  /** Hours after treatment. */
  times: z.array(z.number().positive().max(1e3)).min(1).default([6, 24]),
  /** Wells a condition, each on another plate. */
  replicates: whole(1, 50).default(2),
  /** Vehicle wells a plate (one plate a cell line, time and replicate). */
  controlWells: whole(1, 100).default(8),
  /** Vehicle wells, drawn from the plate for every treated well, whose mean is its basal profile. */
  controlsAveraged: whole(1, 100).default(3),
  /** Between wells of one plate; vehicle wells of real A375, HT115 and SKBR3 plates have a median over genes of 0.30 to 0.35. */
  wellNoise: spread.default(0.3),
  /** Between plates, a shift of each gene that treated and vehicle wells of the plate share. */
  plateNoise: spread.default(0.2),
  /** Cell lines with drug response, the lines of the profiles first. */
  responseCells: whole(2, 2_000).default(24),
  /** Share of the (drug, cell line) pairs whose response was measured. */
  responseShare: z.number().positive().max(1).default(0.8),
  /** Of ln IC50, natural-log units. */
  responseNoise: spread.default(0.4),
});

/** What a caller may give. */
export type SimulatorInput = z.input<typeof simulatorOptionsSchema>;
/** Options with every default filled in. */
export type SimulatorOptions = z.output<typeof simulatorOptionsSchema>;

/** Checks options and fills in defaults. @throws {UserError} naming the option, the value and what is allowed. */
export function resolveSimulatorOptions(input: SimulatorInput = {}): SimulatorOptions {
  const result = simulatorOptionsSchema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], input);
    return path.length === 0 ? message : `${path.join(".")} is ${JSON.stringify(found)}: ${message}`;
  });
  throw new UserError(`The simulator cannot use these options: ${problems.join("; ")}.`);
}
