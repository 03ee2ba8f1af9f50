import { join } from "node:path";
import { listNames } from "../readers/named_columns.ts";
import { UserError } from "../user_error.ts";
import { system } from "../../host/system.ts";

/** Fragments and fingerprints of the drugs. */
export const fragmentsFile = "drug_fragments.json";

/** Names of the files of badger.md 4.1. */
export const badgerFileNames = {
  signatures: "chemical_signatures_badger.csv",
  smiles: "drug_smiles_badger.csv",
  similarity: "cell_embeddings_similarity.csv",
  scgpt: "cell_embeddings_scgpt.csv",
  controls: "cell_ctl_exp.csv",
  record: "prepared.json",
  geneFeatures: (name: string, genes: number): string => `gene_features_${name}_${genes}.csv`,
  targets: (name: string): string => `drug_target_information_${name}.csv`,
  pathwayEmbedding: (name: string): string => `pathway_embedding_${name}.csv`,
} as const;

/** Whether a name is of a file that the layout may hold. */
export function isBadgerFile(name: string): boolean {
  return (Object.values(badgerFileNames) as unknown[]).includes(name) || name === fragmentsFile ||
    /^(gene_features_.+_\d+|drug_target_information_.+|pathway_embedding_.+)\.csv$/.test(name);
}

/** Names of the files in a folder. @throws {UserError} when it does not exist. */
export async function filesOf(folder: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of system.readDir(folder)) if (!entry.isDirectory) names.push(entry.name);
    return names.sort();
  } catch {
    throw new UserError(`${folder}: the data folder does not exist (or is no folder); check the path.`);
  }
}

/**
 * The file of a kind of table that comes under several names, `gene_features_NAME_978.csv` for one.
 *
 * @param pattern its first group is the name.
 * @param wanted the name asked for, in any spelling of capitals; undefined: the only file of the kind.
 * @param option how to ask for one, for the message.
 * @returns the path and the name, or undefined when nothing was asked for and the folder has none.
 * @throws {UserError} when the file asked for is absent, or there are several and none was asked for.
 */
export function chooseFile(
  folder: string,
  files: readonly string[],
  pattern: RegExp,
  wanted: string | undefined,
  option: string,
): { path: string; name: string } | undefined {
  const found = files.flatMap((file) => {
    const name = pattern.exec(file)?.[1];
    return name === undefined ? [] : [{ path: join(folder, file), name }];
  });
  if (wanted !== undefined) {
    const match = found.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    if (match) return match;
    throw new UserError(
      `${folder}: no file for ${option} ${wanted}, expected ${
        pattern.source.replaceAll("\\", "")
      } with this name; found ` +
        `${
          found.length === 0 ? "none" : listNames(found.map(({ name }) => name))
        }; add the file or choose another.`,
    );
  }
  if (found.length > 1) {
    throw new UserError(
      `${folder}: found ${
        listNames(found.map(({ path }) => path.slice(folder.length + 1)))
      }, expected one; choose with ` +
        `${option} (${found.map(({ name }) => name).join(", ")}).`,
    );
  }
  return found[0];
}
