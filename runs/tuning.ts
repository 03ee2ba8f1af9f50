import { UserError } from "../datasets/user_error.ts";
import { adapterIdentity, type TuningTable } from "../engine/mod.ts";
import { readTuning, tuningFile, writeTuning } from "../host/tuning_cache.ts";
import { requireAdapter } from "./device.ts";
import { system } from "../host/system.ts";

/** Name of the table inside a run folder. */
const runTuning = "tuning.json";

/** What this machine's adapter calls itself to the tuner. @throws {UserError} when there is none. */
export async function tunedAdapter(): Promise<string> {
  const adapter = await requireAdapter({ powerPreference: "high-performance" });
  return adapterIdentity(adapter.info);
}

/** A table from a file. @throws {UserError} when it holds something else. */
export async function tuningFrom(path: string): Promise<TuningTable | undefined> {
  return await readTuning(path).catch((error) => {
    throw new UserError((error as Error).message);
  });
}

/** The user's table for this machine's adapter: what new runs begin with. `PERTURBINE_TUNING=off` leaves it out. */
export async function userTuning(): Promise<TuningTable | undefined> {
  if (system.env.get("PERTURBINE_TUNING") === "off") return undefined;
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  return adapter ? await tuningFrom(tuningFile(adapterIdentity(adapter.info))) : undefined;
}

/**
 * The table that a run began with, or none: results depend on it, so that a run which is resumed or evaluated uses the
 * same, whatever has been tuned since.
 */
export async function tuningOfRun(folder: string): Promise<TuningTable | undefined> {
  return await tuningFrom(`${folder}/${runTuning}`);
}

/** Keeps the table that a run begins with in its folder. */
export async function keepTuning(folder: string, table: TuningTable | undefined): Promise<void> {
  if (table) await writeTuning(`${folder}/${runTuning}`, table);
}
