import { createHash } from "node:crypto";
import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { type PreparedRun, targetOf, type TrainingData } from "./prepare_run.ts";

const file = "data_fingerprint.txt";

/** SHA-256 over all that a run learns from: genes, conditions, profiles and targets, in their order. */
export function dataFingerprint(data: TrainingData): string {
  const { genes, samples, basal } = data;
  const { smiles, cells, dose, time } = samples;
  const hash = createHash("sha256").update(JSON.stringify([data.kind, genes, smiles, cells ?? null]));
  for (const values of [dose, time, basal, targetOf(data)]) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

/** Keeps the fingerprint in a run folder. */
export async function writeFingerprint(run: string, data: TrainingData): Promise<void> {
  await writeFileAtomic(`${run}/${file}`, dataFingerprint(data) + "\n");
}

/**
 * Makes sure that a run's data are those it began with: its split goes by row, so that other data would silently be
 * tested on rows that it was trained on. A run without a fingerprint is let pass.
 *
 * @throws {UserError} when they have changed.
 */
export async function requireSameData(run: string, { data }: Pick<PreparedRun, "data">): Promise<void> {
  const kept = await Deno.readTextFile(`${run}/${file}`).catch(() => undefined);
  if (kept === undefined || kept.trim() === dataFingerprint(data)) return;
  throw new UserError(
    `${data.folder}: the data have changed since the run ${run} began (their fingerprint is another than that in ${file}); ` +
      "restore them, start a new run, or test other data with `perturbine evaluate RUN --data DIR`.",
  );
}
