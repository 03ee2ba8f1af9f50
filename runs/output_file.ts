import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../datasets/user_error.ts";
import { isRunFile } from "./run_folder.ts";
import { system } from "../host/system.ts";

/**
 * Makes sure that a file can be written where the user wants it, before anything is computed for it.
 *
 * @param inputs files that the same command reads and must not replace
 * @throws {UserError} when the path is a folder, its folder does not exist, or it is one of the inputs or a file that a run needs.
 */
export async function checkOutputFile(path: string, inputs: readonly string[] = []): Promise<void> {
  if (path === "") throw new UserError("The name of the file to write is empty; give one.");
  const found = await system.stat(path).catch(() => undefined);
  if (found?.isDirectory) throw new UserError(`${path}: a folder; name the file to write in it.`);
  const folder = dirname(resolve(path));
  const isFolder = await system.stat(folder).then((info) => info.isDirectory, () => false);
  if (!isFolder) {
    throw new UserError(
      `${path}: the folder ${folder} does not exist; make it first.`,
    );
  }
  if (!found) return;
  await refuseInputs(path, inputs);
  const name = basename(path);
  if (name !== "report.html" && isRunFile(name) && await isRunFolder(folder)) {
    throw new UserError(`${path}: the run in ${folder} needs this file of its own; choose another name.`);
  }
}

/** Makes sure that a file that is there is none of those that a command reads. @throws {UserError} */
export async function refuseInputs(path: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    const same = await system.realPath(input).catch(() => undefined) === await system.realPath(path);
    if (same) throw new UserError(`${path}: the output would replace the input; choose another name.`);
  }
}

async function isRunFolder(path: string): Promise<boolean> {
  return await system.stat(join(path, "config.json")).then(() => true, () => false);
}
