import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { UserError } from "../user_error.ts";
import { badgerFileNames } from "./badger_files.ts";
import { system } from "../../host/system.ts";
import { jsonOfText } from "../../host/json_text.ts";

const schema = z.object({
  format: z.literal("perturbine-badger-1"),
  /** Which program wrote the folder: `prepare`, `simulator`. */
  by: z.string(),
  /** Activity limit applied when the folder was written; null: none. */
  minTas: z.number().nullable(),
  /** Whether a quality pass was asked for when the folder was written. */
  requireQc: z.boolean(),
  /** Files, options and row counts, for people. */
  details: z.record(z.string(), z.unknown()),
});

/**
 * What a prepared folder says of itself. The filters it was written with become the defaults of reading it, so that a folder
 * whose quality columns are empty on purpose is not refused, and nothing is filtered that the user did not ask for.
 */
export type PrepareRecord = z.infer<typeof schema>;

/** Writes `prepared.json`. */
export async function writePrepareRecord(
  folder: string,
  record: Omit<PrepareRecord, "format">,
): Promise<void> {
  const text = JSON.stringify({ format: "perturbine-badger-1", ...record }, null, 2);
  await writeFileAtomic(join(folder, badgerFileNames.record), `${text}\n`);
}

/** Reads `prepared.json`; undefined when the folder has none. @throws {UserError} when it is damaged. */
export async function readPrepareRecord(folder: string): Promise<PrepareRecord | undefined> {
  const path = join(folder, badgerFileNames.record);
  const text = await system.readTextFile(path).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.parse(jsonOfText(text));
  } catch {
    throw new UserError(
      `${path}: found no record of a prepared folder, expected what "perturbine prepare badger" writes; remove the file or ` +
        "prepare the folder again.",
    );
  }
}
