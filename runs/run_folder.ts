import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { readConfig } from "./read_config.ts";
import type { RunConfig } from "./run_config.ts";
import { refuseLink } from "../host/refuse_link.ts";
import { type OpenFile, system } from "../host/system.ts";

/** What a run writes. `force` removes these and nothing else. */
const runFiles = [
  "config.json",
  "command.txt",
  "adapters.txt",
  "tuning.json",
  "genes.txt",
  "data.json",
  "data_fingerprint.txt",
  "ppi_edges.csv",
  "ranges.json",
  "split.json",
  "metrics.jsonl",
  "timings.jsonl",
  "checkpoint.safetensors",
  "optimizer.safetensors",
  "state.json",
  "predictions.csv",
  "per_drug.csv",
  "per_gene.csv",
  "per_cell.csv",
  "results.json",
  "report.html",
  "trace.json",
  "skipped.json",
  "failure.txt",
  "ranks.json",
] as const;

/** A run folder that this process alone may write to. */
export interface RunFolder extends Disposable {
  /** Where it is. */
  readonly path: string;
  /** Its configuration. */
  readonly config: RunConfig;
}

/**
 * Makes sure that a run can be started in a folder, without touching it: called before data are read.
 *
 * @throws {UserError} when the folder holds a run already (unless `force`) or something else.
 */
export async function checkRunFolder(
  path: string,
  { force = false }: { readonly force?: boolean },
): Promise<void> {
  const names = await namesIn(path).catch((error) => {
    if (error instanceof system.errors.NotFound) return [] as string[];
    throw new UserError(
      `${path} is no folder that can be read (${error.message}); choose another with --out.`,
    );
  });
  if (names.includes("config.json") && !force) {
    throw new UserError(
      `${path} already holds a run; go on with \`perturbine resume ${path}\`, choose another folder with --out, ` +
        "or replace it with --force.",
    );
  }
  const foreign = names.filter((name) => !isRunFile(name));
  if (foreign.length > 0) {
    throw new UserError(
      `${path} holds files that are not of a run (${
        foreign.slice(0, 3).join(", ")
      }); choose another folder with --out.`,
    );
  }
}

/**
 * Starts a run folder: creates it, locks it, removes the files of an older run, and begins the new one. `config.json` says that
 * there is a run: it goes first and comes last, so that a kill or a full disk leaves no run without what guards it.
 *
 * @param begin writes what the run begins with.
 * @throws {UserError} when the folder holds a run already (unless `force`) or something else, or is in use.
 */
export async function createRunFolder(
  path: string,
  config: RunConfig,
  begin: () => Promise<void>,
  { force = false }: { readonly force?: boolean } = {},
): Promise<RunFolder> {
  await checkRunFolder(path, { force });
  await system.mkdir(path, { recursive: true }).catch((error) => {
    throw new UserError(
      `${path}: the run folder cannot be made (${error.message}); choose another with --out.`,
      { cause: error },
    );
  });
  const lock = await lockFolder(path);
  try {
    // Another process may have begun, and ended, in the meantime.
    await checkRunFolder(path, { force });
    const old = (await namesIn(path)).filter((name) => isRunFile(name) && !isHeld(name));
    old.sort((a, b) => Number(b === "config.json") - Number(a === "config.json"));
    for (const name of old) await system.remove(`${path}/${name}`);
    await begin();
    await writeFileAtomic(`${path}/config.json`, JSON.stringify(config, null, 2) + "\n");
  } catch (error) {
    lock.close();
    throw error;
  }
  return { path, config, [Symbol.dispose]: () => lock.close() };
}

/**
 * Opens a run folder for writing.
 *
 * @throws {UserError} when it holds no run, its configuration is damaged, or another process uses it.
 */
export async function openRunFolder(path: string): Promise<RunFolder> {
  const config = await readConfig(path);
  const lock = await lockFolder(path);
  return { path, config, [Symbol.dispose]: () => lock.close() };
}

/** The first of NAME, NAME-2, NAME-3, ... in `runs/` that does not exist yet. */
export async function freeRunPath(name: string): Promise<string> {
  for (let number = 1;; number++) {
    const path = `runs/${name}${number === 1 ? "" : `-${number}`}`;
    const taken = await system.stat(path).then(() => true, () => false);
    if (!taken) return path;
  }
}

export function isRunFile(name: string): boolean {
  return isHeld(name) || (runFiles as readonly string[]).includes(name) || name.endsWith(".partial");
}

/** What the process that works in a run folder holds on to. */
function isHeld(name: string): boolean {
  return name === ".lock" || /^\.claim-\d+$|^rank-\d+\.log$/.test(name);
}

/** What a folder holds. */
export async function namesIn(path: string): Promise<string[]> {
  return await Array.fromAsync(system.readDir(path), ({ name }) => name);
}

/** The operating system lets go of the lock when the process ends, however it ends. */
async function lockFolder(path: string): Promise<OpenFile> {
  await refuseLink(`${path}/.lock`);
  const file = await system.open(`${path}/.lock`, { write: true, create: true }).catch((error) => {
    throw new UserError(
      `${path} cannot be written to (${error.message}); check its permissions, or choose another folder.`,
      { cause: error },
    );
  });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new UserError(
    `${path} is being written by another process; wait for it to end, or choose another folder.`,
  );
}
