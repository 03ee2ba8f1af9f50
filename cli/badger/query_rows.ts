import { badgerDrug, fragmentDrug } from "../../datasets/badger/drug_fragments.ts";
import { zeroBadgerDrugs } from "../../datasets/badger/select_badger.ts";
import type { BadgerData, FeatureTable } from "../../datasets/badger/types.ts";
import type { Chemistry } from "../../datasets/molecules/chemistry.ts";
import type { LibraryDrug } from "../../datasets/badger/read_drug_library.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import type { QueryCell } from "./query_cell.ts";

/** A data set with rows to be predicted at its end. */
export interface QueriedData {
  readonly data: BadgerData;
  /** The new rows, one a drug. */
  readonly rows: Uint32Array<ArrayBuffer>;
}

/**
 * Adds a row a drug to a data set, all in one cell line, so that any model (kNN too, which looks at the training rows)
 * predicts them like rows of the set. Their labels are zeros that nobody looks at.
 *
 * @param dose as written in the data; DeepCE alone looks at it.
 * @throws {UserError} for a SMILES that cannot be parsed.
 */
export function appendQueries(
  data: BadgerData,
  config: Pick<RankingRunConfig, "reading">,
  chemistry: Chemistry,
  cell: QueryCell,
  drugs: readonly LibraryDrug[],
  dose: string = commonest(data.doses),
): QueriedData {
  const made = drugs.map(({ name, smiles }, k) =>
    badgerDrug(`query ${k + 1}`, fragmentDrug(chemistry, smiles), config.reading.fragments, name)
  );
  const genes = data.genes.length, rows = data.rows + drugs.length;
  const extended = <A extends Float32Array | Uint32Array | Uint8Array>(
    into: A,
    values: A,
    rest: number,
  ): A => {
    into.set(values);
    into.fill(rest, values.length);
    return into;
  };
  const drugOfRow = extended(new Uint32Array(rows), data.drugOfRow, 0);
  made.forEach((_, k) => drugOfRow[data.rows + k] = data.drugs.length + k);
  const more = <T>(values: readonly T[], value: T) => [...values, ...drugs.map(() => value)];
  const joined: BadgerData = {
    ...data,
    rows,
    signatureIds: [...data.signatureIds, ...made.map(({ id }) => id)],
    labels: extended(new Float32Array(rows * genes), data.labels, 0),
    drugs: [...data.drugs, ...made],
    drugOfRow,
    // A known name keeps its one-hot entry.
    cells: [...data.cells, cell.name],
    cellOfRow: extended(new Uint32Array(rows), data.cellOfRow, data.cells.length),
    doses: more(data.doses, dose),
    times: more(data.times, ""),
    ...(data.cellVectors ? { cellVectors: withVector(data.cellVectors, cell) } : {}),
    ...(data.pathways
      ? {
        pathways: {
          ...data.pathways,
          labels: extended(
            new Uint8Array((data.drugs.length + made.length) * data.pathways.names.length),
            data.pathways.labels,
            0,
          ),
        },
      }
      : {}),
  };
  return {
    data: config.reading.drug === "zeroed" ? zeroBadgerDrugs(joined) : joined,
    rows: Uint32Array.from(made, (_, k) => data.rows + k),
  };
}

function withVector(table: FeatureTable, { name, vector }: QueryCell): FeatureTable {
  const values = new Float32Array(table.values.length + table.width);
  values.set(table.values);
  if (vector) values.set(vector, table.values.length);
  return { ...table, names: [...table.names, name], values };
}

/** The value that occurs most often, the first of equals. */
function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => entry[1] > best[1] ? entry : best)[0];
}
