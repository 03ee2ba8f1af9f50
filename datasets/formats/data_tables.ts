import { join } from "node:path";
import { system } from "../../host/system.ts";
import { removePartials } from "../../host/write_file_atomic.ts";
import { tableEndings } from "../readers/data_folder.ts";
import { type WritableExpressionTable, writeExpressionTable } from "../readers/write_expression_table.ts";
import { UserError } from "../user_error.ts";
import { writeColumns } from "./value_table.ts";

/**
 * How the tables of a data folder are written: `csv` as the released code has them; `stored`: profiles as safetensors, whose rows are read
 * by their place in the file when they are needed, and the table of rows as Parquet.
 */
export type TableForm = "csv" | "stored";

/** What a prepared folder says of itself: it goes with the tables that it describes. */
export const preparedRecord = { values: "prepared.json", page: "prepared.html" } as const;

/** The tables of a data folder, whose rows belong together. */
export interface DataTables {
  /** Profiles by the name of their file, without its ending. */
  readonly profiles: Readonly<Record<string, WritableExpressionTable>>;
  /** What the rows are: name of the file without its ending, and its columns. */
  readonly rows: {
    readonly name: string;
    readonly columns: ReadonlyMap<string, readonly string[] | Float32Array>;
  };
}

/**
 * Writes the tables of a folder (created if need be) in the place of those that it has, in whatever form these are. All are written
 * beside first; the table of rows leaves first and comes last, and without it a folder is refused: whenever the process is killed, the
 * folder holds the old tables, the new ones, or none that can be read.
 *
 * @throws {UserError} when a file cannot be written; the old tables stay.
 */
export async function writeDataTables(
  folder: string,
  { profiles, rows }: DataTables,
  form: TableForm = "csv",
): Promise<void> {
  const beside = join(folder, `.part-${crypto.randomUUID().slice(0, 8)}`);
  const [profileEnding, rowEnding] = form === "csv" ? [".csv", ".csv"] : [".safetensors", ".parquet"];
  try {
    await system.mkdir(folder, { recursive: true });
    for await (const { name } of system.readDir(folder)) {
      if (/^\.part-[0-9a-f]{8}$/.test(name)) await system.remove(join(folder, name), { recursive: true });
    }
    await removePartials(folder);
    await system.mkdir(beside);
  } catch (error) {
    throw new UserError(
      `${folder}: the folder cannot be written (${(error as Error).message}); choose another place.`,
    );
  }
  try {
    for (const [name, table] of Object.entries(profiles)) {
      await writeExpressionTable(join(beside, name + profileEnding), table);
    }
    await writeColumns(join(beside, rows.name + rowEnding), rows.columns);
    await removeForms(folder, rows.name);
    for (const name of Object.values(preparedRecord)) await system.remove(join(folder, name)).catch(() => {});
    for (const name of Object.keys(profiles)) {
      await removeForms(folder, name);
      await system.rename(join(beside, name + profileEnding), join(folder, name + profileEnding));
    }
    await system.rename(join(beside, rows.name + rowEnding), join(folder, rows.name + rowEnding));
  } finally {
    await system.remove(beside, { recursive: true });
  }
}

async function removeForms(folder: string, name: string): Promise<void> {
  for (const ending of tableEndings) await system.remove(join(folder, name + ending)).catch(() => {});
}
