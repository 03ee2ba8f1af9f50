import type { Dataset, Matrix } from "../../dataset.ts";
import { joinKeys, numberConditions } from "../../identity/key.ts";
import { UserError } from "../../user_error.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** Numbers or texts by which conditions are told apart beside drug and cell line. */
export interface Amounts {
  readonly dose: ArrayLike<number | string>;
  readonly time: ArrayLike<number | string>;
}

/**
 * Rows of `own`, then those of `other`, with keys shared by identity; what the models of the layout look into is the caller's.
 *
 * @param amountsOf of either table.
 * @throws {UserError} when the two predict different things.
 */
export function joinTables<Inputs>(
  own: Dataset<Inputs>,
  other: Dataset<Inputs>,
  inputs: Inputs,
  amountsOf: (data: Dataset<Inputs>) => Amounts = ({ dose, time }) => ({ dose, time }),
): Dataset<Inputs> {
  const { names, kind } = own.outputs;
  if (kind !== other.outputs.kind || names.length !== other.outputs.names.length) {
    throw new UserError(
      `${other.source}: ${other.outputs.names.length} values a row (${other.outputs.kind}), expected ${names.length} (${kind}) as ` +
        `in ${own.source}; give data of the same layout and genes.`,
    );
  }
  const different = names.findIndex((name, at) => name !== other.outputs.names[at]);
  if (different >= 0) {
    throw new UserError(
      `${other.source}: ${other.outputs.names[different]} stands where ${own.source} has ${
        names[different]
      }, expected the same ` +
        "genes in the same order; read it in the order of the run.",
    );
  }
  const drug = joinKeys(own.drug, other.drug), cell = joinKeys(own.cell, other.cell);
  const structures = [...own.structures];
  other.drug.of.forEach((unit, row) => structures[drug.of[own.rows + row]] ??= other.structures[unit]);
  const [first, second] = [amountsOf(own), amountsOf(other)];
  const amounts = (key: keyof Amounts) => [...Array.from(first[key]), ...Array.from(second[key])];
  return {
    ...own,
    source: `${own.source} and ${other.source}`,
    rows: own.rows + other.rows,
    rowNames: joinNames(own.rowNames, other.rowNames, other.name),
    drug,
    structures,
    cell,
    dose: joinNumbers(own.dose, other.dose),
    time: joinNumbers(own.time, other.time),
    condition: numberConditions(drug, cell, amounts("dose"), amounts("time")),
    ...(own.truth ? { truth: joinMatrices(own.truth, other.truth, other.rows) } : {}),
    ...(own.basal ? { basal: joinMatrices(own.basal, other.basal, other.rows) } : {}),
    ...(own.cellFeatures
      ? { cellFeatures: joinMatrices(own.cellFeatures, other.cellFeatures, other.rows) }
      : {}),
    inputs,
    skipped: [...own.skipped, ...other.skipped],
    files: [...own.files, ...other.files],
    fingerprint: fingerprintOf([own.fingerprint, other.fingerprint]),
  };
}

/** Numbers of two tables, one after the other. */
export function joinNumbers<Values extends Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  first: Values,
  second: Values,
): Values {
  const joined = new (first.constructor as new (length: number) => Values)(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** Rows of two matrices, one below the other, where they lie; zeros for a second one that is not there. */
export function joinMatrices(first: Matrix, second: Matrix | undefined, rows: number): Matrix {
  const { columns } = first;
  return {
    rows: first.rows + rows,
    columns,
    take(wanted) {
      const taken = new Float32Array(wanted.length * columns);
      for (const [matrix, start] of [[first, 0], [second, first.rows]] as const) {
        if (!matrix) continue;
        const places = Array.from({ length: wanted.length }, (_, place) => place)
          .filter((place) => (wanted[place] < first.rows) === (start === 0));
        const own = matrix.take(places.map((place) => wanted[place] - start));
        places.forEach((place, at) =>
          taken.set(own.subarray(at * columns, (at + 1) * columns), place * columns)
        );
      }
      return taken;
    },
  };
}

/** Names of both, those of the second with its name before them where they would be taken for one of the first. */
export function joinNames(first: readonly string[], second: readonly string[], name: string): string[] {
  const taken = new Set(first);
  const prefixed = second.some((own) => taken.has(own));
  return [
    ...first,
    ...second.map((own) => {
      let unique = prefixed ? `${name}:${own}` : own;
      while (taken.has(unique)) unique = `${name}:${unique}`;
      taken.add(unique);
      return unique;
    }),
  ];
}
