import { resolve } from "node:path";
import { UserError } from "../../datasets/user_error.ts";
import type { RunConfig } from "../../models/run_config.ts";

/**
 * Which PPI edges a run uses: the file asked for, or STRING_edges.csv in the data folder or where the released layout
 * keeps it.
 *
 * @param asked value of `--ppi`: a file, `none` or `identity`
 * @throws {UserError} when no file was named and none is found.
 */
export async function ppiChoice(
  asked: string | undefined,
  dataFolder: string | undefined,
): Promise<Partial<RunConfig["ppi"]>> {
  if (asked === "none") return { edges: null, identity: false };
  if (asked === "identity") return { edges: null, identity: true };
  if (asked !== undefined) return { edges: resolve(asked) };
  if (dataFolder === undefined) return {};
  const places = ["", "..", "../../csg2a"].map((place) => resolve(dataFolder, place, "STRING_edges.csv"));
  for (const path of places) {
    if (await Deno.stat(path).then((stat) => stat.isFile, () => false)) return { edges: path };
  }
  throw new UserError(
    `${dataFolder}: no STRING_edges.csv in it, above it or in ../../csg2a; name the file with --ppi FILE, ` +
      "or train without interactions with --ppi none.",
  );
}
