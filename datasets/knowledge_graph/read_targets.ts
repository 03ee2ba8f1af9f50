import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { system } from "../../host/system.ts";
import { textLines } from "../formats/text_lines.ts";

/** Which genes a drug is known to act on. */
export interface DrugTargetTable {
  readonly file: string;
  /** Name of a drug as \`normalisedName\` writes it -> gene symbols. */
  readonly genesOf: ReadonlyMap<string, readonly string[]>;
}

/** A name by which two spellings of one drug meet: small letters and digits alone. */
export function normalisedName(name: string): string {
  return name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "");
}

/**
 * Reads known targets: the table of the Drug Repurposing Hub (tabs, often Latin-1, remarks that begin with !, several genes a line), or a
 * CSV of a drug and a gene a line.
 *
 * @throws {UserError} when the file is missing or faulty, or names no target.
 */
export async function readTargets(path: string): Promise<DrugTargetTable> {
  const found = new Map<string, Set<string>>();
  const note = (drug: string, genes: readonly string[]) => {
    const key = normalisedName(drug);
    if (key === "") return;
    const known = found.get(key) ?? new Set();
    for (const gene of genes) if (gene !== "") known.add(gene);
    found.set(key, known);
  };
  const head = await headOf(path);
  if (head.startsWith("!") || head.includes("\t")) await readHub(path, note);
  else await readPairs(path, note);
  const genesOf = new Map(
    [...found].filter(([, genes]) => genes.size > 0).map(([drug, genes]) => [drug, [...genes]]),
  );
  if (genesOf.size === 0) {
    throw new UserError(`${path}: found no drug with a target, expected at least one; check the columns.`);
  }
  return { file: path, genesOf };
}

/** The first line, where the file can be read; a faulty file is refused by its reader. */
async function headOf(path: string): Promise<string> {
  try {
    using file = await system.open(path);
    const bytes = new Uint8Array(4096);
    const read = await file.read(bytes) ?? 0;
    return new TextDecoder("latin1").decode(bytes.subarray(0, read)).split("\n")[0];
  } catch {
    return "";
  }
}

async function readHub(path: string, note: (drug: string, genes: readonly string[]) => void): Promise<void> {
  let columns: readonly string[] | undefined;
  let drug = 0, target = 0, at = 0;
  for await (const line of textLines(path)) {
    at++;
    if (line.startsWith("!") || line.trim() === "") continue;
    const cells = line.split("\t").map((cell) => cell.replace(/^"(.*)"$/, "$1").trim());
    if (!columns) {
      columns = cells;
      drug = requireColumn(path, cells, "pert_iname", "drug", "name");
      target = requireColumn(path, cells, "target", "targets", "gene");
      continue;
    }
    if (cells.length <= Math.max(drug, target)) {
      throw new UserError(
        `${path}, line ${at}: found ${cells.length} values, expected ${columns.length} with tabs between them.`,
      );
    }
    note(cells[drug], cells[target].split("|").map((gene) => gene.trim()));
  }
}

async function readPairs(
  path: string,
  note: (drug: string, genes: readonly string[]) => void,
): Promise<void> {
  let drug = 0, gene = 0;
  await readCsv(path, {
    header(columns) {
      drug = requireColumn(path, columns, "drug", "pert_iname", "name");
      gene = requireColumn(path, columns, "gene", "target");
    },
    row(cells, place) {
      const [name, symbols] = [cells[drug].trim(), cells[gene].trim()];
      if (name === "" || symbols === "") {
        throw new RowError(
          `${placeText(place)}: found the drug ${quoteValue(name)} and the gene ${
            quoteValue(symbols)
          }, expected both; remove the row.`,
        );
      }
      note(name, symbols.split("|").map((symbol) => symbol.trim()));
    },
  });
}
