import { join } from "node:path";
import { z } from "zod";
import type { Chemistry } from "../molecules/chemistry.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { fragmentsFile } from "./badger_files.ts";
import { fragmentDrug, type FragmentedDrug } from "./drug_fragments.ts";
import { system } from "../../host/system.ts";
import { jsonOfText } from "../../host/json_text.ts";

const schema = z.object({
  rdkit: z.string(),
  drugs: z.array(z.object({
    smiles: z.string(),
    fragments: z.array(z.string()),
    counts: z.array(z.number().int().positive()),
    fragmentBits: z.array(z.array(z.number().int().nonnegative())),
    moleculeBits: z.array(z.number().int().nonnegative()),
  })),
});

/**
 * Fragments of drugs by their SMILES, computed on first use. A prepared folder brings them along (`drug_fragments.json`),
 * because cutting a few hundred drugs takes seconds; what another version of RDKit computed is not used.
 */
export class FragmentStore {
  readonly #chemistry: Chemistry;
  readonly #known = new Map<string, FragmentedDrug>();
  readonly #faults = new Map<string, string | undefined>();

  /** An empty store. */
  constructor(chemistry: Chemistry) {
    this.#chemistry = chemistry;
  }

  /** The store of a folder; empty when the folder has none, or one that cannot be used. */
  static async open(chemistry: Chemistry, folder: string): Promise<FragmentStore> {
    const store = new FragmentStore(chemistry);
    const text = await system.readTextFile(join(folder, fragmentsFile)).catch(() => undefined);
    if (text === undefined) return store;
    try {
      const { rdkit, drugs } = schema.parse(jsonOfText(text));
      if (rdkit === chemistry.version) { for (const drug of drugs) store.#known.set(drug.smiles, drug); }
    } catch {
      // A derived file: computing again is always right.
    }
    return store;
  }

  /** @throws {UserError} when the SMILES cannot be parsed. */
  of(smiles: string): FragmentedDrug {
    let drug = this.#known.get(smiles);
    if (!drug) this.#known.set(smiles, drug = fragmentDrug(this.#chemistry, smiles));
    return drug;
  }

  /** Why a SMILES has no fragments; undefined for one that has. */
  fault(smiles: string): string | undefined {
    if (this.#known.has(smiles)) return undefined;
    if (!this.#faults.has(smiles)) this.#faults.set(smiles, this.#chemistry.fault(smiles));
    return this.#faults.get(smiles);
  }

  /** Writes the fragments of these SMILES into a folder. */
  async save(folder: string, smiles: Iterable<string>): Promise<void> {
    const drugs = Array.from(new Set(smiles), (text) => JSON.stringify(this.of(text)));
    const head = `{"rdkit":${JSON.stringify(this.#chemistry.version)},"drugs":[\n`;
    await writeFileAtomic(join(folder, fragmentsFile), `${head}${drugs.join(",\n")}\n]}\n`);
  }
}
