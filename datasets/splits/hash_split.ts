import { mix32 } from "../random.ts";
import { splitByPart } from "./split_by_part.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";

/** What `hashSplit` needs to know of a data set. */
export interface HashSplitOptions {
  /** Number of rows. */
  readonly rows: number;
  /** `random` draws rows; `blind` draws whole groups, so that no group of the test part is trained on. */
  readonly kind: "random" | "blind";
  /** Split number s of the rule, 0, 1, 2, ... */
  readonly split: number;
  /** One label a row (canonical SMILES, cell line ...); needed by `blind`. */
  readonly groups?: readonly string[];
}

/**
 * Units 0 .. n-1 in the order of their keys `mix32(i + 0x9E3779B9 (s + 1))`, ties by number.
 *
 * Source: reference-runs.md section 1.
 */
export function hashOrder(n: number, split: number): Uint32Array<ArrayBuffer> {
  const offset = Math.imul(0x9e3779b9, split + 1) >>> 0;
  const keys = Uint32Array.from({ length: n }, (_, i) => mix32(i + offset));
  return Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b);
}

/**
 * Splits rows by a hash of their number: no split file, the same rows in every implementation.
 *
 * Of n units in hash order the first max(1, floor(f_t n)) are the test part, the next max(1, floor(f_v n)) validation, the
 * rest training. Random: units are rows, f_t = f_v = 0.1. Blind: units are groups numbered by first appearance, f_t = 0.2,
 * f_v = 0.1. Source: reference-runs.md section 1.
 *
 * @throws {UserError} when fewer than three units are there, or a blind split has no groups.
 */
export function hashSplit(options: HashSplitOptions): Split {
  const { rows, kind, split } = options;
  const unitOfRow = kind === "blind" ? numberGroups(rows, options.groups) : undefined;
  const units = unitOfRow ? unitOfRow.count : rows;
  if (units < 3) {
    throw new UserError(
      `A ${kind} split needs at least 3 ${
        kind === "blind" ? "groups" : "rows"
      } (training, validation, test), ` +
        `found ${units}; give more data or choose another split.`,
    );
  }
  const order = hashOrder(units, split);
  const testUnits = Math.max(1, Math.floor((kind === "blind" ? 0.2 : 0.1) * units));
  const validationUnits = Math.max(1, Math.floor(0.1 * units));
  const part = new Uint8Array(units);
  order.subarray(0, testUnits).forEach((unit) => part[unit] = 2);
  order.subarray(testUnits, testUnits + validationUnits).forEach((unit) => part[unit] = 1);
  const partOfRow = (row: number) => part[unitOfRow ? unitOfRow.of[row] : row];
  return splitByPart(`${kind}, split ${split}`, rows, partOfRow);
}

function numberGroups(rows: number, groups: readonly string[] | undefined) {
  if (!groups || groups.length !== rows) {
    throw new UserError(
      `A blind split needs one group label a row (${rows}), found ${groups?.length ?? "none"}; ` +
        "give the column to group by, or choose a random split.",
    );
  }
  const numbers = new Map<string, number>();
  const of = Uint32Array.from(groups, (group) => {
    const known = numbers.get(group);
    if (known !== undefined) return known;
    numbers.set(group, numbers.size);
    return numbers.size - 1;
  });
  return { of, count: numbers.size };
}
