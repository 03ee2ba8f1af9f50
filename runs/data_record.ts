import { z } from "zod";
import type { Dataset } from "../datasets/dataset.ts";
import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { parseJson } from "./parse_json.ts";

const file = "data.json";

const schema = z.looseObject({
  format: z.literal("perturbine data 1"),
  fingerprint: z.string(),
  rows: z.int(),
  files: z.array(z.strictObject({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});

/** Keeps in a run folder what the data were: their fingerprint, and each file with its SHA-256. */
export async function writeDataRecord(
  run: string,
  { fingerprint, rows, files, name }: Dataset,
): Promise<void> {
  const record = { format: "perturbine data 1", name, rows, fingerprint, files };
  await writeFileAtomic(`${run}/${file}`, JSON.stringify(record, null, 2) + "\n");
}

/**
 * Makes sure that a run's data are those it began with: a run whose data changed would be trained, tested or compared on rows
 * that it does not know. A run of an older format, which kept none, is let pass.
 *
 * @throws {UserError} naming the files that have changed.
 */
export async function requireSameData(run: string, data: Dataset): Promise<void> {
  const path = `${run}/${file}`;
  if (!await Deno.stat(path).then(() => true, () => false)) return;
  const kept = await parseJson(path, schema);
  if (kept.fingerprint === data.fingerprint) return;
  const now = new Map(data.files.map(({ name, sha256 }) => [name, sha256]));
  const changed = kept.files.filter(({ name, sha256 }) => now.get(name) !== sha256).map(({ name }) => name);
  throw new UserError(
    `${data.source}: the data have changed since the run ${run} began (${
      changed.length > 0 ? `other content: ${changed.join(", ")}` : `${kept.rows} rows then, ${data.rows} now`
    }); restore them, start a new run, or test other data with \`perturbine evaluate RUN --data DIR\`.`,
  );
}
