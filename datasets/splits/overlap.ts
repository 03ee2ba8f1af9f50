import type { Dataset } from "../dataset.ts";
import { flatSmiles } from "../identity/drug_identity.ts";
import { Chemistry } from "../molecules/chemistry.ts";
import type { Split } from "../types.ts";
import { scaffoldsOf } from "./make_split.ts";

/** Units of the test part that are trained on too. */
export interface SharedUnits {
  /** Distinct units of the test part. */
  readonly test: number;
  /** Those that a training row has. */
  readonly shared: number;
  /** Test rows of these. */
  readonly rows: number;
}

/** What the test part of a split shares with its training part. */
export interface SplitOverlap {
  /** Drugs by parent structure, salts and spellings together. */
  readonly parents: SharedUnits;
  /** Drugs by parent structure without stereo. */
  readonly flat: SharedUnits;
  /** Cell lines. */
  readonly cells: SharedUnits;
  /** Murcko scaffolds. */
  readonly scaffolds: SharedUnits;
  /** Test rows of a condition that is trained on with the very same truth. */
  readonly exactRows: number;
  /** One for each of the above that is not zero, with counts. */
  readonly sentences: readonly string[];
}

/**
 * Counts what the test part has in common with the training part, whatever rule and identity the split was made by.
 *
 * @example
 * ```ts
 * const { sentences } = await splitOverlap(data, await makeSplit({ rule: "random", number: 0 }, data));
 * ```
 */
export async function splitOverlap(data: Dataset, split: Split): Promise<SplitOverlap> {
  const chemistry = await Chemistry.load();
  const { drug, structures, cell } = data;
  const parentOf = structures.map((smiles, unit) => smiles || `drug ${drug.ids[unit]}`);
  const flatOf = structures.map((smiles, unit) =>
    smiles === "" ? parentOf[unit] : flatSmiles(chemistry, smiles)
  );
  const scaffolds = await scaffoldsOf(data);
  const shared = (labelOf: (row: number) => string | number) => sharedUnits(split, labelOf);
  const overlap = {
    parents: shared((row) => parentOf[drug.of[row]]),
    flat: shared((row) => flatOf[drug.of[row]]),
    cells: shared((row) => cell.of[row]),
    scaffolds: shared((row) => scaffolds[row]),
    exactRows: exactRows(data, split),
  };
  return { ...overlap, sentences: sentencesOn(overlap, split, cell.ids.length) };
}

/** The sentences of {@link splitOverlap}: what a reader of a result on this test part has to know. */
export async function overlapSentences(data: Dataset, split: Split): Promise<readonly string[]> {
  return (await splitOverlap(data, split)).sentences;
}

function sharedUnits({ train, test }: Split, labelOf: (row: number) => string | number): SharedUnits {
  const trained = new Set(Array.from(train, labelOf)), tested = Array.from(test, labelOf);
  const distinct = new Set(tested);
  return {
    test: distinct.size,
    shared: [...distinct].filter((label) => trained.has(label)).length,
    rows: tested.filter((label) => trained.has(label)).length,
  };
}

function exactRows({ condition, truth }: Dataset, { train, test }: Split): number {
  if (!truth) return 0;
  const same = Map.groupBy(train, (row) => condition[row]);
  const bytesOf = (row: number) => new Uint8Array(truth.take([row]).buffer);
  return test.filter((row) => {
    const candidates = same.get(condition[row]);
    if (!candidates) return false;
    const own = bytesOf(row);
    return candidates.some((other) => {
      const theirs = bytesOf(other);
      return own.every((byte, at) => byte === theirs[at]);
    });
  }).length;
}

function sentencesOn(
  { parents, flat, cells, scaffolds, exactRows }: Omit<SplitOverlap, "sentences">,
  { test }: Split,
  allCells: number,
): string[] {
  const of = (what: string, { test: all, shared, rows }: SharedUnits) =>
    `${shared} of the ${all} ${what} of the test part ${
      shared === 1 ? "is" : "are"
    } trained on too (${rows} of ${test.length} test rows).`;
  return [
    ...(parents.shared > 0 ? [of("drugs", parents)] : []),
    ...(flat.shared > parents.shared || flat.rows > parents.rows
      ? [of("drugs, told apart without stereo,", flat)]
      : []),
    ...(cells.shared > 0 && allCells > 1 ? [of("cell lines", cells)] : []),
    ...(scaffolds.rows > parents.rows ? [of("scaffolds", scaffolds)] : []),
    ...(exactRows > 0
      ? [
        `${exactRows} of ${test.length} test rows are trained on as they are: the same condition with the same values.`,
      ]
      : []),
  ];
}
