import { join } from "node:path";
import { layouts } from "../datasets/layouts/mod.ts";
import { fileNamed, filesIn } from "../datasets/readers/data_folder.ts";
import { UserError } from "../datasets/user_error.ts";
import { system } from "../host/system.ts";

/** What a file of a folder is. */
export interface InspectedFile {
  /** Without its folder. */
  readonly name: string;
  /** As of a file by itself; null where it cannot be read. */
  readonly format: string | null;
  /** As of a file by itself. */
  readonly rows: number | null;
  /** As of a file by itself. */
  readonly columns: number | null;
  /** The command that takes it by itself. */
  readonly next: string | null;
  /** What is wrong with it, where it cannot be read. */
  readonly wrong: string | null;
}

/** What a folder is. */
export interface InspectedFolder {
  readonly format: string;
  readonly next: string;
  /** Rows and outputs of the table that it is read as. */
  readonly rows: number | null;
  readonly columns: number | null;
  /** Its files, in order of names. */
  readonly files: readonly InspectedFile[];
  /** Why it cannot be read as a whole. */
  readonly wrong: string | null;
  /** What a training would say of it: what is converted, merged, odd. */
  readonly notes: readonly string[];
}

/** What is asked of a single file. */
export type InspectOne = (
  path: string,
) => Promise<Pick<InspectedFile, "format"> & { readonly next: string } & Partial<InspectedFile>>;

/** Most files that are looked into. */
const most = 50;

/**
 * Says what a folder is: each of its files, and whether they can be read together.
 *
 * @throws {UserError} when it holds no file.
 */
export async function inspectFolder(path: string, inspectFile: InspectOne): Promise<InspectedFolder> {
  const names = (await filesIn(path)).filter((name) => !name.startsWith("."));
  const nothing = { rows: null, columns: null, files: [], wrong: null, notes: [] };
  if (names.includes("config.json")) {
    return { ...nothing, format: "run", next: `perturbine evaluate ${path}` };
  }
  if (names.length === 0) {
    throw new UserError(
      `${path}: the folder holds no file, expected a run or one of ${
        layouts.flatMap(({ files }) => files).join(", ")
      }; make a data folder with \`perturbine prepare\`.`,
    );
  }
  const files: InspectedFile[] = [];
  for (const name of names.slice(0, most)) files.push(await fileOf(path, name, inspectFile));
  const layout = layouts.find((one) => one.files.some((file) => fileNamed(names, file, path) !== undefined));
  if (!layout) {
    return {
      ...nothing,
      files,
      format: "folder of files",
      next: "each file by itself, as above: the folder is no run and no data folder",
    };
  }
  const format = `folder (${layout.name})`;
  try {
    const settings = layout.settings.parse({ ...layout.tableOnly });
    const { rows, outputs, notes } = await layout.read(path, settings, { identity: "parent" });
    const model = { profiles: "csg2a", response: "csg2a-response", signatures: "badger" }[layout.name];
    return {
      ...{ format, files, rows, columns: outputs.names.length, wrong: null, notes },
      next: `perturbine train ${model ?? "kg-gat"} --data ${path}`,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      ...{ ...nothing, format, files, wrong: error.message },
      next: `mend it, then perturbine inspect ${path} again`,
    };
  }
}

async function fileOf(folder: string, name: string, inspectFile: InspectOne): Promise<InspectedFile> {
  const unread = { name, format: null, rows: null, columns: null, next: null };
  const path = join(folder, name);
  try {
    if ((await system.stat(path)).size === 0) {
      return { ...unread, wrong: `${path}: the file is empty (0 bytes).` };
    }
    const { format, rows = null, columns = null, next } = await inspectFile(path);
    return { name, format, rows, columns, next, wrong: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...unread, wrong: error.message };
  }
}
