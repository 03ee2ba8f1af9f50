import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../../datasets/mod.ts";

type Files = Record<string, string | Uint8Array>;

/** Runs `use` in a fresh folder that holds the files. */
export async function withFolder<Result>(
  files: Files,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "perturbine-readers-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeFile(
        join(folder, name),
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    }
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The message with which `action` fails, its folder replaced by DIR. */
export async function messageOf(folder: string, action: Promise<unknown>): Promise<string> {
  const error = await action.then(() => undefined, (reason: unknown) => reason);
  assert.ok(error instanceof UserError, `expected a UserError, found ${error}`);
  return error.message.replaceAll(folder, "DIR");
}

/** The three files of a pretraining folder, small and sound. */
export const pretrainingFiles = {
  "condition_table.csv": "dose,time,canonical_smiles,cell_id,pert_iname\n" +
    "10.0,6,CCO,A375,ethanol\n3.33,24,CC(=O)O,MCF7,acetic acid\n10,24,CCO,MCF7,ethanol\n",
  "gex_DMSO.csv": "DDR1,PAX8\n0.5,-1\n1,2\n3,4\n",
  "gex_comp.csv": "DDR1,PAX8\n5,6\n7,8\n9,1e-3\n",
};
