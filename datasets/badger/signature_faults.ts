import { closestName } from "../readers/closest_name.ts";
import { RowError } from "../readers/csv.ts";
import { listLines } from "../readers/list_lines.ts";
import { quoteValue } from "../readers/quote_value.ts";
import type { SkippedRow } from "../dataset.ts";
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
      `the SMILES of the drug ${row.drug} cannot be parsed: ${why}`,
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

/** Gathers signatures that cannot be used, to leave them out or to refuse them all at once. */
export class UnusableSignatures {
  /** Rows left out. */
  readonly list: SkippedRow[] = [];
  readonly #skip: boolean;
  readonly #reasons = new Map<string, number>();

  constructor(skip: boolean) {
    this.#skip = skip;
  }

  /** True for a signature without fault. */
  accept(row: SignatureRow, fault: SignatureFault | undefined): boolean {
    if (!fault) return true;
    this.list.push({ file: row.file, row: row.fileRow, reason: fault.error.message });
    this.#reasons.set(fault.reason, (this.#reasons.get(fault.reason) ?? 0) + 1);
    return false;
  }

  /** @throws {UserError} for faults that are not to be skipped, each reason once with its signatures, or when nothing is left. */
  checkLeft(left: number, place: string): void {
    if (this.list.length > 0 && !this.#skip) throw this.#refusal(place);
    if (left > 0) return;
    throw new UserError(`${place}: no signature is left; the first one left out: ${this.list[0].reason}`);
  }

  #refusal(place: string): UserError {
    if (this.#reasons.size === 1) return new RowError(this.list[0].reason);
    const reasons = this.summary().map(({ reason, signatures }) =>
      `${reason} (${signatures} signature${signatures === 1 ? "" : "s"})`
    );
    return new UserError(
      `${place}: ${this.list.length} signatures cannot be used, for ${reasons.length} reasons; mend each, ${leave}:` +
        listLines(reasons),
    );
  }

  /** Each reason with the number of signatures it cost. */
  summary(): { reason: string; signatures: number }[] {
    return [...this.#reasons].map(([reason, signatures]) => ({ reason, signatures }));
  }
}
