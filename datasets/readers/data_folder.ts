import { join } from "node:path";
import { UserError } from "../user_error.ts";
import { listNames } from "./named_columns.ts";
import { system } from "../../host/system.ts";

const layouts = {
  pretraining: ["condition_table.csv", "gex_DMSO.csv", "gex_comp.csv"],
  "fine-tuning": ["label.csv", "gex_before.csv"],
} as const;

/** Endings under which a table may lie: text, compressed or not, Parquet, and stored profiles. */
export const tableEndings: readonly string[] = [
  ".csv",
  ".csv.gz",
  ".tsv",
  ".tsv.gz",
  ".txt",
  ".txt.gz",
  ".tab",
  ".parquet",
  ".safetensors",
];

/**
 * The name under which a folder has a file: as asked, else with another ending of a table (`.tsv`, `.csv.gz`, `.parquet`) or in other
 * capitals; undefined where it has none.
 *
 * @throws {UserError} when there are several.
 */
export function fileNamed(
  names: Iterable<string>,
  wanted: string,
  folder = "the folder",
): string | undefined {
  const all = [...names];
  if (all.includes(wanted)) return wanted;
  const stem = wanted.replace(/\.[^.]*$/, "").toLowerCase();
  const found = all.filter((name) => tableEndings.some((ending) => name.toLowerCase() === stem + ending));
  if (found.length > 1) {
    throw new UserError(
      `${folder}: ${listNames(found)} could each be ${wanted}, expected one; remove or rename the others.`,
    );
  }
  return found[0];
}

/** Names of the entries of a folder. @throws {UserError} when there is none. */
export async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(system.readDir(folder))).filter(({ isDirectory }) => !isDirectory).map((
      { name },
    ) => name)
      .sort();
  } catch {
    throw new UserError(`${folder}: the data folder does not exist (or is no folder); check the path.`);
  }
}

/** Path of a file of a folder, under whatever name it has there; as asked where it has none. */
export async function dataFile(folder: string, wanted: string): Promise<string> {
  const names = await filesIn(folder).catch(() => []);
  return join(folder, fileNamed(names, wanted, folder) ?? wanted);
}

/**
 * Paths of the files of a layout in a folder (csg2a.md 6.1), in its order.
 *
 * @throws {UserError} when it does not have them; the message names what is missing, and the other layout when the folder has that.
 */
export async function layoutFiles(folder: string, layout: keyof typeof layouts): Promise<string[]> {
  const names = await filesIn(folder);
  const found = layouts[layout].map((name) => fileNamed(names, name, folder));
  const missing = layouts[layout].filter((_, at) => found[at] === undefined);
  if (missing.length === 0) return found.map((name) => join(folder, name!));
  const other = layout === "pretraining" ? "fine-tuning" : "pretraining";
  const looksLikeOther = fileNamed(names, layouts[other][0], folder) !== undefined;
  throw new UserError(
    `${folder}: missing ${listNames(missing)}, expected the ${layout} layout (${
      layouts[layout].join(", ")
    }); ` +
      (looksLikeOther
        ? `the folder holds ${other} data, use the other command.`
        : "add the file or check the path."),
  );
}
