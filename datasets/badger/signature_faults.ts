import { closestName } from "../readers/closest_name.ts";
import { RowError } from "../readers/csv.ts";
import { quoteValue } from "../readers/quote_value.ts";
import type { SkippedRow } from "../types.ts";
import { UserError } from "../user_error.ts";
import type { FragmentStore } from "./fragment_store.ts";
import type { DrugSmiles } from "./read_drug_smiles.ts";
import type { SignatureRow } from "./read_signatures.ts";
import type { FeatureTable } from "./types.ts";

/** What a signature needs beside itself. */
export interface SignatureSources {
  /** SMILES by drug id. */
  readonly structures: ReadonlyMap<string, DrugSmiles>;
  /** Their file. */
  readonly structuresFile: string;
  /** Cell vectors; undefined when the model takes none. */
  readonly vectors: FeatureTable | undefined;
  /** Cuts structures. */
  readonly fragments: FragmentStore;
}

const leave = "or leave such signatures out with --skip-bad";

/** A signature that cannot be used: the message, and what is wrong with the drug or cell line for counting. */
export interface SignatureFault {
  readonly error: RowError;
  readonly reason: string;
}

/** Why a signature cannot be used (badger.md 4.2 step 6), if so. */
export function signatureFault(row: SignatureRow, sources: SignatureSources): SignatureFault | undefined {
  const { structures, structuresFile, vectors } = sources;
  const place = `${row.file}, row ${row.fileRow}`;
  const drug = structures.get(row.drug);
  if (!drug || drug.smiles === "") {
    return fault(
      `the drug ${row.drug} has no SMILES`,
      `${place}, column pert_id: found the drug ${
        quoteValue(row.drug)
      }, which has no SMILES in ${structuresFile}` +
        `${
          drug ? ` (row ${drug.row} is empty)` : ""
        }, expected a structure for every drug; add it there, ${leave}.`,
    );
  }
  if (vectors && !vectors.names.includes(row.cell)) {
    const near = closestName(row.cell, vectors.names);
    return fault(
      `the cell line ${row.cell} has no vector`,
      `${place}, column cell_id: found the cell line ${
        quoteValue(row.cell)
      }, which has no vector in ${vectors.file}, ` +
        `expected one of its ${vectors.names.length} cell lines; ` +
        `${near === undefined ? "add" : `did you mean ${quoteValue(near)}? Add`} it there, ${leave}.`,
    );
  }
  const why = sources.fragments.fault(drug.smiles);
  if (why !== undefined) {
    return fault(
      `the SMILES of the drug ${row.drug} cannot be parsed`,
      `${structuresFile}, row ${drug.row}, column smiles: found ${
        quoteValue(drug.smiles, 80)
      }, which cannot be parsed (${why}), ` +
        `expected a valid SMILES for the drug ${quoteValue(row.drug)} (${place}); mend it, ${leave}.`,
    );
  }
  return undefined;
}

function fault(reason: string, message: string): SignatureFault {
  return { reason, error: new RowError(message) };
}

/** Throws at the first signature that cannot be used, or lists them all. */
export class UnusableSignatures {
  /** Rows left out. */
  readonly list: SkippedRow[] = [];
  readonly #skip: boolean;
  readonly #reasons = new Map<string, number>();

  constructor(skip: boolean) {
    this.#skip = skip;
  }

  /** True for a signature without fault. @throws {UserError} for one with, unless they are skipped. */
  accept(row: SignatureRow, fault: SignatureFault | undefined): boolean {
    if (!fault) return true;
    if (!this.#skip) throw fault.error;
    this.list.push({ file: row.file, row: row.fileRow, reason: fault.error.message });
    this.#reasons.set(fault.reason, (this.#reasons.get(fault.reason) ?? 0) + 1);
    return false;
  }

  /** @throws {UserError} when nothing is left. */
  checkLeft(left: number, place: string): void {
    if (left > 0) return;
    throw new UserError(`${place}: no signature is left; the first one left out: ${this.list[0].reason}`);
  }

  /** Each reason with the number of signatures it cost. */
  summary(): { reason: string; signatures: number }[] {
    return [...this.#reasons].map(([reason, signatures]) => ({ reason, signatures }));
  }
}
