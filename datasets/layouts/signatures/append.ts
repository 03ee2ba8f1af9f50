import type { BadgerData, FeatureTable, PathwayLabels } from "../../badger/types.ts";
import type { Dataset } from "../../dataset.ts";
import { joinKeys } from "../../identity/key.ts";
import { parseDose } from "../../readers/parse_amount.ts";
import { UserError } from "../../user_error.ts";
import { joinNumbers, joinTables } from "../common/join_tables.ts";
import { conditionAmounts, uniqueNames } from "./table.ts";

/**
 * Rows of `own`, then those of `other`. Lists, gene features and pathways stay those of `own`, which the model was built for: a
 * known cell line and dose go by the spelling of its lists, a pathway that it does not have is left out.
 *
 * @throws {UserError} when one has vectors of another width than the other, or none.
 */
export function appendSignatures(own: Dataset<BadgerData>, other: Dataset<BadgerData>): Dataset<BadgerData> {
  const [first, second] = [own.inputs, other.inputs];
  const doses = [...second.doses.map((dose) => spelledAs(first.lists.doses, dose))];
  const cellVectors = joinVectors("cell vectors", first.cellVectors, second.cellVectors, other.source);
  const drugVectors = joinVectors("drug vectors", first.drugVectors, second.drugVectors, other.source);
  const inputs: BadgerData = {
    ...first,
    rows: first.rows + second.rows,
    signatureIds: uniqueNames([...first.signatureIds, ...second.signatureIds]),
    labels: joinNumbers(first.labels, second.labels),
    drugs: [...first.drugs, ...second.drugs],
    drugOfRow: joinNumbers(first.drugOfRow, second.drugOfRow.map((drug) => first.drugs.length + drug)),
    cells: [...first.cells, ...cellNames(own, other)],
    cellOfRow: joinNumbers(first.cellOfRow, second.cellOfRow.map((cell) => first.cells.length + cell)),
    doses: [...first.doses, ...doses],
    times: [...first.times, ...second.times],
    skipped: [...first.skipped, ...second.skipped],
    ...(cellVectors ? { cellVectors } : {}),
    ...(drugVectors ? { drugVectors } : {}),
    ...(first.pathways ? { pathways: joinPathways(first.pathways, second) } : {}),
  };
  return joinTables(own, other, inputs, ({ inputs }) => conditionAmounts(inputs));
}

/** The text of a list that means this dose; the dose itself where none does. */
export function spelledAs(doses: readonly string[], dose: string): string {
  if (doses.includes(dose)) return dose;
  const value = parseDose(dose);
  return doses.find((other) => parseDose(other) === value) ?? dose;
}

/** Cell lines of `other` as `own` writes those that it has. */
function cellNames(own: Dataset<BadgerData>, other: Dataset<BadgerData>): string[] {
  const { of } = joinKeys(own.cell, other.cell);
  const written = new Map<number, string>();
  own.inputs.cellOfRow.forEach((cell, row) => {
    if (!written.has(of[row])) written.set(of[row], own.inputs.cells[cell]);
  });
  const names = [...other.inputs.cells];
  other.inputs.cellOfRow.forEach((cell, row) => names[cell] = written.get(of[own.rows + row]) ?? names[cell]);
  return names;
}

function joinVectors(
  what: string,
  first: FeatureTable | undefined,
  second: FeatureTable | undefined,
  source: string,
): FeatureTable | undefined {
  if (!first) return undefined;
  if (second?.width !== first.width) {
    throw new UserError(
      `${source}: ${what} ${
        second ? `of ${second.width} numbers (${second.file})` : "are missing"
      }, expected ${first.width} ` +
        `numbers each as in ${first.file}; give vectors made in the same way.`,
    );
  }
  return {
    ...first,
    names: [...first.names, ...second.names],
    values: joinNumbers(first.values, second.values),
  };
}

function joinPathways(first: PathwayLabels, { drugs, pathways }: BadgerData): PathwayLabels {
  const width = first.names.length, start = first.labels.length;
  const labels = new Uint8Array(start + drugs.length * width);
  labels.set(first.labels);
  first.names.forEach((name, column) => {
    const from = pathways?.names.indexOf(name) ?? -1;
    if (!pathways || from < 0) return;
    drugs.forEach((_, drug) =>
      labels[start + drug * width + column] = pathways.labels[drug * pathways.names.length + from]
    );
  });
  return { ...first, labels };
}
