import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { textLines } from "./text_lines.ts";

/** One record of an SDF file: a molecule with coordinates. */
export interface SdfRecord {
  /** First line of the record; may be empty. */
  readonly name: string;
  /** The molfile, to be handed to a chemistry library. */
  readonly molfile: string;
  /** Element symbols in the order of the atom block. */
  readonly elements: readonly string[];
  /** Coordinates in Å, atoms x 3. */
  readonly coordinates: Float32Array<ArrayBuffer>;
  /** Data items by name. */
  readonly properties: ReadonlyMap<string, string>;
}

/** Lines of a record: V2000 counts 999 atoms at most. */
const longest = 100_000;

/**
 * Reads the records of an SDF file (V2000), plain or gzip, one after the other.
 *
 * @throws {UserError} naming record and line when a record is cut, of version V3000, or an atom line cannot be read.
 */
export async function* readSdf(path: string): AsyncGenerator<SdfRecord> {
  let lines: string[] = [];
  let first = 1, line = 0, record = 0;
  for await (const text of textLines(path)) {
    line++;
    if (text.startsWith("$$$$")) {
      yield recordOf(`${path}, record ${++record}`, lines, first);
      lines = [];
      first = line + 1;
    } else if (lines.push(text) > longest) {
      throw new UserError(
        `${path}, record ${
          record + 1
        }: has more than ${longest} lines, expected $$$$ at the end of each; it is no SDF file.`,
      );
    }
  }
  if (lines.some((text) => text.trim() !== "")) yield recordOf(`${path}, record ${++record}`, lines, first);
  if (record === 0) {
    throw new UserError(
      `${path}: the file holds no molecule, expected records that end in $$$$; export it again.`,
    );
  }
}

function recordOf(place: string, lines: readonly string[], first: number): SdfRecord {
  const counts = lines[3] ?? "";
  if (counts.includes("V3000")) {
    throw new UserError(`${place}: found version V3000, expected V2000; convert the file.`);
  }
  const atoms = Number(counts.slice(0, 3)), bonds = Number(counts.slice(3, 6));
  if (!/^[ \d]{3}[ \d]{3}/.test(counts) || lines.length < 4 + atoms + bonds) {
    throw new UserError(
      `${place} (line ${first + 3}): found ${
        quoteValue(counts)
      }, expected the counts of a V2000 molfile and as many lines; ` +
        `the record was cut, or is of another format.`,
    );
  }
  const elements: string[] = [];
  const coordinates = new Float32Array(atoms * 3);
  for (let atom = 0; atom < atoms; atom++) {
    const text = lines[4 + atom];
    const axes = [text.slice(0, 10), text.slice(10, 20), text.slice(20, 30)].map((cell) =>
      cell.trim() === "" ? NaN : Number(cell)
    );
    const element = text.slice(31, 34).trim();
    if (!axes.every(Number.isFinite) || element === "") {
      throw new UserError(
        `${place} (line ${first + 4 + atom}): found ${
          quoteValue(text)
        }, expected three coordinates and an element; the atom line is damaged.`,
      );
    }
    coordinates.set(axes, atom * 3);
    elements.push(element);
  }
  const end = lines.findIndex((text) => text.startsWith("M  END"));
  if (end < 0) throw new UserError(`${place}: found no line "M  END"; the record was cut, export it again.`);
  const properties = new Map<string, string>();
  for (let at = end + 1; at < lines.length; at++) {
    const name = /^>.*<([^>]+)>/.exec(lines[at])?.[1];
    if (name === undefined) continue;
    const value: string[] = [];
    while (at + 1 < lines.length && lines[at + 1].trim() !== "") value.push(lines[++at]);
    properties.set(name, value.join("\n"));
  }
  return {
    name: lines[0].trim(),
    molfile: lines.slice(0, end + 1).join("\n") + "\n",
    elements,
    coordinates,
    properties,
  };
}
