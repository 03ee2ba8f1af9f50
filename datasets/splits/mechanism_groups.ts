import type { Dataset } from "../dataset.ts";
import { readMechanisms } from "../evaluation/read_mechanisms.ts";
import { drugIdentities } from "../identity/drug_identity.ts";
import { fileHash } from "../layouts/common/source_files.ts";
import { Chemistry } from "../molecules/chemistry.ts";
import { UserError } from "../user_error.ts";

/** SHA-256 of a table of mechanisms or targets. @throws {UserError} when it cannot be read. */
export async function checksumOfTargets(path: string): Promise<string> {
  try {
    return await fileHash(path);
  } catch (error) {
    throw new UserError(`${path}: the targets cannot be read (${(error as Error).message}); check the path.`);
  }
}

/**
 * The group of the drug of each row: drugs that share a mechanism or target are in one, and so are those linked through others,
 * so that no mechanism of one group is in another. A drug of which nothing is known is its own group.
 *
 * @throws {UserError} when the file is another than the rule was made with, or tells of none of the drugs.
 */
export async function mechanismsOf(
  { targets, checksum }: { readonly targets: string; readonly checksum: string },
  { drug, identity }: Dataset,
): Promise<string[]> {
  const found = await checksumOfTargets(targets);
  if (found !== checksum) {
    throw new UserError(
      `${targets}: found the checksum ${found}, expected ${checksum}; it was changed since the split was made, restore it or make ` +
        "a new split.",
    );
  }
  const { of: identify } = drugIdentities(await Chemistry.load(), identity);
  const { clusters } = await readMechanisms(targets, drug, { identify });
  const groups = drug.ids.map((id) => clusters.has(id) ? `group ${clusters.get(id)}` : `drug ${id}`);
  return Array.from(drug.of, (unit) => groups[unit]);
}
