import { join } from "node:path";
import { listNames } from "./named_columns.ts";
import { UserError } from "../user_error.ts";

const layouts = {
  pretraining: ["condition_table.csv", "gex_DMSO.csv", "gex_comp.csv"],
  "fine-tuning": ["label.csv", "gex_before.csv"],
} as const;

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/**
 * Makes sure that a folder holds the files of a layout (csg2a.md 6.1).
 *
 * @throws {UserError} when it does not; the message names what is missing, and the other layout when the folder has that.
 */
export async function checkDataFolder(folder: string, layout: keyof typeof layouts): Promise<void> {
  const isFolder = await Deno.stat(folder).then((stat) => stat.isDirectory, () => false);
  if (!isFolder) {
    throw new UserError(`${folder}: the data folder does not exist (or is no folder); check the path.`);
  }
  const missing: string[] = [];
  for (const name of layouts[layout]) {
    if (!await isFile(join(folder, name))) missing.push(name);
  }
  if (missing.length === 0) return;
  const other = layout === "pretraining" ? "fine-tuning" : "pretraining";
  const looksLikeOther = await isFile(join(folder, layouts[other][0]));
  throw new UserError(
    `${folder}: missing ${listNames(missing)}, expected the ${layout} layout (${
      layouts[layout].join(", ")
    }); ` +
      (looksLikeOther
        ? `the folder holds ${other} data, use the other command.`
        : "add the file or check the path."),
  );
}
