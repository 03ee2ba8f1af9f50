import { z } from "zod";
import type { Dataset } from "../datasets/dataset.ts";
import { checksumOfSplit } from "../datasets/splits/split_file.ts";
import { checksumOfTargets } from "../datasets/splits/mechanism_groups.ts";
import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { modelNamed } from "../models/registry.ts";
import { changedFields } from "./changed_fields.ts";
import { parseJson } from "./parse_json.ts";
import { pathSettings } from "./path_settings.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunConfig } from "./run_config.ts";
import { system } from "../host/system.ts";

const file = "data.json";
const formats = ["perturbine data 1", "perturbine data 2"] as const;

const dataSchema = z.looseObject({
  format: z.enum(formats),
  fingerprint: z.string(),
  rows: z.int(),
  files: z.array(z.strictObject({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});

/**
 * What the second format has besides: the configuration that the run began with, the checksum of its split, and those of the files that
 * the settings of its model name (not in its first runs).
 */
const guardSchema = z.looseObject({
  began: z.record(z.string(), z.json()),
  split: z.string(),
  settings: z.record(z.string(), z.string()).default({}),
});

/**
 * What may differ from what a run began with: a longer training, what changes no result, and where files lie whose content is
 * guarded by the fingerprint or by a checksum.
 */
const mayChange = [
  "training.epochs",
  "training.readEvery",
  "training.saveEvery",
  "data.folder",
  "split.file",
];

/**
 * Keeps in a run folder what the run begins with: the fingerprint of its data, each file with its SHA-256, its configuration, and
 * the checksum of its split. Written before `config.json`, whose presence makes the folder a run.
 */
export async function writeDataRecord(
  run: string,
  { data, split, config }: Pick<PreparedRun, "data" | "split" | "config">,
): Promise<void> {
  const { fingerprint, rows, files, name } = data;
  const record = {
    format: formats.at(-1),
    name,
    rows,
    fingerprint,
    files,
    split: checksumOfSplit(data, split),
    settings: await checksumsOfSettings(config),
    began: config,
  };
  await writeFileAtomic(`${run}/${file}`, JSON.stringify(record, null, 2) + "\n");
}

/**
 * Makes sure that a run is configured as it began: with another split, seed or model it would be trained on, or judged by, what it
 * was never meant for.
 *
 * @throws {UserError} naming every field that differs, or when what guards the run is missing.
 */
export async function requireSameConfig(run: string, config: RunConfig): Promise<void> {
  const kept = await keptRecord(run);
  if (kept?.format !== "perturbine data 2") return;
  const { began, settings } = await parseJson(`${run}/${file}`, guardSchema);
  const guarded = Object.keys(settings).map((name) => `settings.${name}`);
  const changed = changedFields(began, { ...config }, [...mayChange, ...guarded]);
  if (changed.length === 0) return requireSameFiles(run, settings, config);
  throw new UserError(
    `${run}/config.json: ${
      changed.join("; ")
    }. A run goes on, and is judged, as it began; restore the file, or start a new run ` +
      "with it (`--config`). Only `training.epochs` may be raised.",
  );
}

async function requireSameFiles(
  run: string,
  kept: Readonly<Record<string, string>>,
  config: RunConfig,
): Promise<void> {
  const now = await checksumsOfSettings(config);
  for (const [name, checksum] of Object.entries(kept)) {
    if (now[name] === checksum) continue;
    const found = now[name] === undefined ? "no file" : `the checksum ${now[name]}`;
    throw new UserError(
      `${run}/config.json: settings.${name} is ${
        config.settings[name]
      }, found ${found}, expected ${checksum}, with which the run began; ` +
        "restore the file, or start a new run.",
    );
  }
}

/** SHA-256 of the files that the settings of a model name, by the setting. */
async function checksumsOfSettings({ model, settings }: RunConfig): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const name of pathSettings(modelNamed(model).settings, settings)) {
    sums[name] = await checksumOfTargets(String(settings[name]));
  }
  return sums;
}

/**
 * Makes sure that a run's data and split are those it began with: a run whose data changed would be trained, tested or compared
 * on rows that it does not know.
 *
 * @throws {UserError} naming the files that have changed.
 */
export async function requireSameData(
  run: string,
  { data, split }: Pick<PreparedRun, "data" | "split">,
): Promise<void> {
  const kept = await keptRecord(run);
  if (!kept) return;
  if (kept.fingerprint !== data.fingerprint) throw new UserError(dataChanged(run, kept, data));
  if (kept.format !== "perturbine data 2") return;
  const { split: began } = await parseJson(`${run}/${file}`, guardSchema);
  const now = checksumOfSplit(data, split);
  if (began === now) return;
  throw new UserError(
    `${run}: its split has the checksum ${now} now, ${began} when it began; other rows would be tested, so start a new run.`,
  );
}

/** Whether a run keeps what guards it; one of an older format does not. */
export async function hasDataRecord(run: string): Promise<boolean> {
  return await system.stat(`${run}/${file}`).then(() => true, () => false);
}

/** Undefined for a run of an older format, which kept none. @throws {UserError} when it is missing from any other, or damaged. */
async function keptRecord(run: string) {
  const path = `${run}/${file}`;
  if (await hasDataRecord(run)) {
    return await parseJson(path, dataSchema, { formats });
  }
  const { format } = await parseJson(`${run}/config.json`, z.looseObject({ format: z.string() }));
  if (format !== "perturbine run 2") return undefined;
  throw new UserError(
    `${path} is missing, which says what data the run began with, so nothing shows that they are the same; restore the file, or ` +
      "start the run anew with --force.",
  );
}

function dataChanged(run: string, kept: z.infer<typeof dataSchema>, data: Dataset): string {
  const now = new Map(data.files.map(({ name, sha256 }) => [name, sha256]));
  const changed = kept.files.filter(({ name, sha256 }) => now.get(name) !== sha256).map(({ name }) => name);
  return `${data.source}: the data have changed since the run ${run} began (${
    changed.length > 0 ? `other content: ${changed.join(", ")}` : `${kept.rows} rows then, ${data.rows} now`
  }); restore them, start a new run, or test other data with \`perturbine evaluate RUN --data DIR\`.`;
}
