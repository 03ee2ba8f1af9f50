import { join } from "node:path";
import type { TuningEntry, TuningTable } from "../engine/tuning.ts";
import { system } from "./system.ts";
import { writeFileAtomic } from "./write_file_atomic.ts";
import { jsonOfText } from "./json_text.ts";

/** A variable of the environment; an empty one is none. */
const variable = (name: string) => system.env.get(name) || undefined;

/** The user's folder for the caches of all programs, by the customs of the system. */
export function systemCacheFolder(): string {
  const home = variable("HOME") ?? variable("USERPROFILE") ?? ".";
  const systems: Partial<Record<string, string>> = {
    darwin: join(home, "Library", "Caches"),
    windows: variable("LOCALAPPDATA") ?? join(home, "AppData", "Local"),
  };
  return systems[system.build.os] ?? variable("XDG_CACHE_HOME") ?? join(home, ".cache");
}

/** Where Perturbine keeps what is the user's; `PERTURBINE_CACHE` overrules the custom. */
export function userCacheFolder(): string {
  return variable("PERTURBINE_CACHE") ?? join(systemCacheFolder(), "perturbine");
}

/** File that holds the table of an adapter: its name for people, with a hash that tells drivers apart. */
export function tuningFile(adapter: string, folder: string = userCacheFolder()): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(adapter)) hash = Math.imul(hash ^ byte, 0x01000193);
  const name = adapter.replaceAll(/[^\w.]+/g, "-").slice(0, 60);
  return join(folder, "tuning", `${name}-${(hash >>> 0).toString(16).padStart(8, "0")}.json`);
}

/**
 * Reads a table. @returns undefined when there is none
 * @throws {Error} in one sentence, when the file holds something else
 */
export async function readTuning(path: string): Promise<TuningTable | undefined> {
  let text: string;
  try {
    text = await system.readTextFile(path);
  } catch (error) {
    if (error instanceof system.errors.NotFound) return undefined;
    throw new Error(
      `${path}: the tuning table cannot be read (${(error as Error).message}); check its permissions.`,
    );
  }
  let value: unknown;
  try {
    value = jsonOfText(text);
  } catch {
    value = undefined;
  }
  if (isTable(value)) return value;
  throw new Error(
    `${path} holds no tuning table; remove it with \`perturbine tune --clear\` and tune again.`,
  );
}

/** Writes a table, beside and renamed. */
export async function writeTuning(path: string, table: TuningTable): Promise<void> {
  await system.mkdir(join(path, ".."), { recursive: true });
  await writeFileAtomic(path, JSON.stringify(table, null, 1) + "\n");
}

/** A table with newer entries in the place of those for the same shapes. */
export function mergeTuning(
  table: TuningTable | undefined,
  adapter: string,
  entries: readonly TuningEntry[],
): TuningTable {
  const all = new Map<string, TuningEntry>();
  for (const entry of [...table?.entries ?? [], ...entries]) {
    all.set(`${entry.tunable} ${entry.shape}`, entry);
  }
  return { format: "perturbine tuning 1", adapter, entries: [...all.values()] };
}

function isTable(value: unknown): value is TuningTable {
  const { format, adapter, entries } = (value ?? {}) as Partial<Record<keyof TuningTable, unknown>>;
  return format === "perturbine tuning 1" && typeof adapter === "string" && Array.isArray(entries) &&
    entries.every((entry) =>
      typeof entry?.tunable === "string" && typeof entry.shape === "string" &&
      ["string", "number"].includes(typeof entry.choice)
    );
}
