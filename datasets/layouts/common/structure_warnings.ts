import { flatSmiles } from "../../identity/drug_identity.ts";
import type { Chemistry } from "../../molecules/chemistry.ts";
import { counterIons, nonMetals } from "../../molecules/parent_structure.ts";
import { listNames } from "../../readers/named_columns.ts";
import { quoteValue } from "../../readers/quote_value.ts";
import { rowsText } from "../../readers/rows_text.ts";

/**
 * What is unusual about structures that a user asks about: nothing is refused, but models were trained on drugs without it.
 *
 * @param smiles one a row, all parsable. @param sourceRows number of each row for people.
 */
export function structureWarnings(
  chemistry: Chemistry,
  smiles: readonly string[],
  sourceRows: ArrayLike<number>,
): string[] {
  const rowsOf = Map.groupBy(smiles.keys(), (row) => smiles[row]);
  const found = new Map<string, { rows: number[]; smiles: string }>();
  const stereo = new Map<string, { texts: Set<string>; rows: number[] }>();
  for (const [text, rows] of rowsOf) {
    const numbers = rows.map((row) => sourceRows[row]);
    for (const what of remarks(chemistry, text)) {
      const known = found.get(what);
      if (known) known.rows = known.rows.concat(numbers);
      else found.set(what, { rows: numbers, smiles: text });
    }
    const canonical = chemistry.canonicalSmiles(text), flat = flatSmiles(chemistry, canonical);
    const known = stereo.get(flat) ?? { texts: new Set(), rows: [] };
    known.texts.add(canonical);
    known.rows = known.rows.concat(numbers);
    stereo.set(flat, known);
  }
  const sorted = (rows: readonly number[]) => rows.toSorted((a, b) => a - b);
  return [
    ...Array.from(
      found,
      ([what, { rows, smiles }]) => `${rowsText(sorted(rows))} (${quoteValue(smiles)}): ${what}.`,
    ),
    ...[...stereo.values()].filter(({ texts }) => texts.size > 1).map(({ rows }) =>
      `${
        rowsText(sorted(rows))
      }: differ in stereo or isotopes alone, which the models do not see; they are predicted alike.`
    ),
  ];
}

/** What is unusual about the drugs of a table, each kind with its number. @param smiles one a drug, all parsable. */
export function structureNotes(chemistry: Chemistry, smiles: readonly string[]): string[] {
  const drugs = [...new Set(smiles)];
  const found = new Map<string, string[]>();
  // Nothing of the kind can be written without one of these.
  for (const text of drugs.filter((text) => /[.[*]/.test(text))) {
    for (const what of remarks(chemistry, text)) found.set(what, [...found.get(what) ?? [], text]);
  }
  return Array.from(
    found,
    ([what, texts]) => `${texts.length} of ${drugs.length} structures (${listNames(texts, 2)}): ${what}.`,
  );
}

function remarks(chemistry: Chemistry, smiles: string): string[] {
  const { atoms } = chemistry.parse(smiles)!;
  const charge = atoms.reduce((sum, atom) => sum + atom.charge, 0);
  const elements = new Set(atoms.map(({ atomicNumber }) => atomicNumber));
  return [
    ...(elements.has(6) ? [] : ["a molecule without carbon"]),
    ...([...elements].every((number) => nonMetals.has(number) || counterIons.has(number))
      ? []
      : ["holds a metal"]),
    ...(charge === 0 ? [] : ["an ion, its charges do not add up to zero"]),
    ...(elements.has(0) ? ["holds a placeholder atom (*)"] : []),
    ...(chemistry.canonicalSmiles(smiles).includes(".")
      ? ["a salt or mixture; the models see all its parts, the counter-ion too"]
      : []),
  ];
}
