import { drugIdentities } from "../identity/drug_identity.ts";
import { Chemistry } from "../molecules/chemistry.ts";
import { drugIdNames, drugNameNames, plainColumn, smilesNames } from "../readers/column_names.ts";
import { readCsv } from "../readers/csv.ts";
import { isNoName } from "../readers/missing.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** Columns that may name a drug in a table of responses or structures. */
export const drugColumns = ["drug_name", "drug_id", ...drugNameNames, ...drugIdNames] as const;

interface Written {
  readonly smiles: string;
  /** 1 for the first below the header. */
  readonly row: number;
}

/** Structures of drugs by each of their names and ids. */
export class DrugStructures {
  readonly #file: string;
  readonly #written: ReadonlyMap<string, readonly Written[]>;
  readonly #parentOf: (smiles: string) => string;

  /** @param written all structures of a name in small letters. @param parentOf throws for what is no structure. */
  constructor(
    file: string,
    written: ReadonlyMap<string, readonly Written[]>,
    parentOf: (smiles: string) => string,
  ) {
    this.#file = file;
    this.#written = written;
    this.#parentOf = parentOf;
  }

  /**
   * SMILES of a drug, the first where one structure is written in several ways (a salt beside its base); undefined for none.
   *
   * @throws {UserError} when the drug has several structures: which is meant, nothing tells.
   */
  of(drug: string): string | undefined {
    const all = this.#written.get(drug.trim().toLowerCase());
    if (all === undefined) return undefined;
    const [first, ...rest] = all;
    const other = rest.find(({ smiles }) => this.#parent(smiles) !== this.#parent(first.smiles));
    if (other !== undefined) {
      throw new UserError(
        `${this.#file}, row ${other.row}: found ${quoteValue(other.smiles, 60)} for the drug ${
          quoteValue(drug)
        }, which has ${
          quoteValue(first.smiles, 60)
        } in row ${first.row}, expected one structure a drug; remove or rename one of them.`,
      );
    }
    return first.smiles;
  }

  #parent(smiles: string): string {
    try {
      return this.#parentOf(smiles);
    } catch {
      return smiles;
    }
  }
}

/**
 * Reads a table of drugs: a SMILES and one column or more of names and ids.
 *
 * @throws {UserError} when the file is faulty, or has no column of either kind.
 */
export async function readStructures(path: string): Promise<DrugStructures> {
  const written = new Map<string, Written[]>();
  let keys: number[] = [], smiles = 0;
  await readCsv(path, {
    unnamedFirst: true,
    header(header) {
      smiles = requireColumn(path, header, ...smilesNames);
      keys = columnsNamed(header, drugColumns);
      if (keys.length === 0) requireColumn(path, header, ...drugColumns);
    },
    row(cells, { row }) {
      if (isNoName(cells[smiles])) return;
      // A drug without a name is not every drug without one.
      for (const name of new Set(keys.map((column) => cells[column].trim().toLowerCase()))) {
        if (isNoName(name)) continue;
        const known = written.get(name) ?? [];
        if (!known.some((one) => one.smiles === cells[smiles].trim())) {
          known.push({ smiles: cells[smiles].trim(), row });
        }
        written.set(name, known);
      }
    },
  });
  const { parent } = drugIdentities(await Chemistry.load(), "parent");
  return new DrugStructures(path, written, parent);
}

/** Every column of one of these names, whatever its case and punctuation. */
export function columnsNamed(header: readonly string[], names: readonly string[]): number[] {
  const plain = new Set(names.map(plainColumn));
  return [...header.keys()].filter((column) => plain.has(plainColumn(header[column])));
}
