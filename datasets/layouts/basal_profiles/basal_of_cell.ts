import { readGeneValues } from "../../badger/read_gene_values.ts";
import type { Dataset } from "../../dataset.ts";
import { meanOfRows } from "../../matrix.ts";
import { unitOf } from "../../identity/key.ts";
import { listNames } from "../../readers/named_columns.ts";
import { UserError } from "../../user_error.ts";
import { cellIdentityOf, cellOfProfile, unknownCell } from "../common/asked_cell.ts";
import type { QueryRequest, QuerySource } from "../layout.ts";
import type { ProfileInputs } from "./inputs.ts";

/** A profile, and the name of its cell line where that is not the row's own. */
interface OwnProfile {
  readonly values: Float32Array;
  readonly cell?: string;
}

/** Basal profiles of asked rows: as given, of a cell line of the run's data, or of a file. */
export class BasalProfiles {
  /** What to say of them. */
  readonly warnings: string[] = [];
  readonly #genes: readonly string[];
  readonly #request: QueryRequest;
  readonly #source: Pick<QuerySource<unknown, ProfileInputs>, "own">;
  readonly #known = new Map<string, OwnProfile>();
  #own: Promise<Dataset<ProfileInputs>> | undefined;
  #file: Promise<OwnProfile> | undefined;

  constructor(
    genes: readonly string[],
    request: QueryRequest,
    source: Pick<QuerySource<unknown, ProfileInputs>, "own">,
  ) {
    this.#genes = genes;
    this.#request = request;
    this.#source = source;
  }

  /** @throws {UserError} when the row has none and names no cell line that the run's data have. */
  async of(
    row: { readonly basal?: Float32Array; readonly cell?: string },
    place: string,
  ): Promise<OwnProfile> {
    const { cell, profile } = this.#request;
    if (row.basal) return { values: row.basal };
    if (profile !== undefined) return await (this.#file ??= this.#read(profile));
    const name = cell ?? row.cell ?? "";
    if (name === "") {
      throw new UserError(`${place}: a row has no cell_id, expected a cell line of the run's data; name it.`);
    }
    let known = this.#known.get(name);
    if (!known) this.#known.set(name, known = await this.#mean(name));
    return known;
  }

  /** Where the run's data lie, when they were looked into; else nowhere. */
  async folder(): Promise<string> {
    return this.#own ? (await this.#own).source : "";
  }

  /** Mean of the control profiles of a cell line, over the rows that it has in the run's data. */
  async #mean(name: string): Promise<OwnProfile> {
    const data = await (this.#own ??= this.#source.own());
    const of = await cellIdentityOf(data.source, data.cell.names);
    const unit = unitOf(data.cell, of(name));
    if (unit === undefined || name === "") throw unknownCell(name, data.cell.names, data.source);
    const rows = [...data.cell.of.keys()].filter((row) => data.cell.of[row] === unit);
    return { values: Float32Array.from(meanOfRows(data.inputs.basal, rows)), cell: data.cell.names[unit] };
  }

  async #read(path: string): Promise<OwnProfile> {
    const given = await readGeneValues(path);
    const small = Map.groupBy(given.keys(), (gene) => gene.toLowerCase());
    const respelled: string[] = [];
    const found = this.#genes.map((gene) => {
      const exact = given.get(gene);
      if (exact !== undefined) return exact;
      const others = small.get(gene.toLowerCase()) ?? [];
      if (others.length !== 1) return undefined;
      respelled.push(others[0]);
      return given.get(others[0]);
    });
    const missing = this.#genes.filter((_, gene) => found[gene] === undefined);
    if (missing.length > 0) {
      throw new UserError(
        `${path}: ${missing.length} of the run's ${this.#genes.length} genes are missing (${
          listNames(missing)
        }), expected a value ` +
          "for each of them; add them.",
      );
    }
    if (respelled.length > 0) {
      this.warnings.push(
        `${path}: ${respelled.length} genes are not written as in the run (${
          listNames(respelled, 3)
        }) and were taken for those ` +
          "that differ in capitals alone.",
      );
    }
    return { values: Float32Array.from(found, (value) => value!), cell: cellOfProfile(path) };
  }
}
