import { symbolOfEntrez } from "../identity/gene_identity.ts";
import { UserError } from "../user_error.ts";
import { listNames } from "./named_columns.ts";
import { parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** What spreadsheets in German call months otherwise. */
const german: Readonly<Record<string, string>> = { mrz: "mar", mai: "may", okt: "oct", dez: "dec" };

/** Families of genes that spreadsheets take for dates, by month: the approved symbol of each. */
const families: Readonly<Record<string, (day: number) => string | undefined>> = {
  mar: (day) => day <= 11 ? `MARCHF${day}` : undefined,
  sep: (day) => day <= 14 && day !== 13 ? `SEPTIN${day}` : undefined,
  dec: (day) => day === 1 ? "DELEC1" : undefined,
  oct: (day) => day === 4 ? "POU5F1" : undefined,
};

/** A day of a month, however a spreadsheet writes it; undefined for what is no date. */
function dateOf(text: string): { month: string; day: number } | undefined {
  const plain = text.trim().toLowerCase().replace(/ 00:00(:00)?$/, "");
  const month = (name: string) => months.find((short) => name.startsWith(short));
  const named = /^(\d{1,2})(?:[-. ]|\. )([a-z]{3,9})(?:[-. ]\d{2,4})?$/.exec(plain) ??
    /^([a-z]{3,9})[-. ](\d{1,2})$/.exec(plain);
  if (named) {
    const [, first, second] = named, text = /[a-z]/.test(first) ? first : second;
    const letters = german[text] ?? text;
    const found = month(letters), day = Number(text === first ? second : first);
    const full = found !== undefined && new RegExp(`^${found}(t|[a-z]{2,6})?$`).test(letters);
    return full && day >= 1 && day <= 31 ? { month: found, day } : undefined;
  }
  const iso = /^\d{4}-(\d{2})-(\d{2})$/.exec(plain);
  if (iso) return { month: months[Number(iso[1]) - 1] ?? "", day: Number(iso[2]) };
  // Which of both is the month, nobody knows.
  const slashed = /^\d{1,2}\/\d{1,2}(\/\d{2,4})?$|^\d{1,2}\.\d{1,2}\.(\d{2}|\d{4})$/.test(plain);
  return slashed ? { month: "", day: 0 } : undefined;
}

/** Genes of a header, and what is to be said of it. */
export interface GeneHeader {
  readonly genes: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The genes that a header names: symbols that a spreadsheet turned into dates are turned back, Entrez ids become symbols where the
 * shipped table knows them.
 *
 * @throws {UserError} for a header of numbers, a date that is no gene, or two columns that are one gene then.
 */
export function geneHeader(file: string, columns: readonly string[]): GeneHeader {
  const notes: string[] = [];
  let genes = withoutDates(file, columns, notes);
  genes = withoutIds(file, genes, notes);
  genes = withoutEntrez(file, genes, notes);
  refuseTwice(file, columns, genes);
  const ensembl = genes.filter(isEnsembl);
  if (ensembl.length * 2 > genes.length) {
    notes.push(
      `${file}: ${ensembl.length} genes are Ensembl ids (${
        ensembl[0]
      }, ...), for which no symbols are at hand: interactions ` +
        "and other tables by symbol will not meet them; name the columns by symbols (BioMart has both).",
    );
  }
  const probes = genes.filter((gene) => /^\d+(_[a-z])?_at$/.test(gene));
  if (probes.length * 2 > genes.length) {
    notes.push(
      `${file}: ${probes.length} genes are Affymetrix probes (${
        probes[0]
      }, ...); name the columns by symbols, so that ` +
        "interactions can meet them.",
    );
  }
  return { genes, notes };
}

/** @throws {UserError} for two columns that are one gene. @param meant what their names mean. */
export function refuseTwice(file: string, columns: readonly string[], meant: readonly string[]): void {
  const place = new Map<string, number>();
  meant.forEach((gene, at) => {
    const earlier = place.get(gene);
    if (earlier !== undefined) {
      throw new UserError(
        `${file}, header, columns ${earlier + 1} and ${at + 1}: ${quoteValue(columns[earlier])} and ${
          quoteValue(columns[at])
        } both mean ${gene}, expected every gene once; remove or rename one of them.`,
      );
    }
    place.set(gene, at);
  });
}

/** Whether a name is an id of Ensembl for a gene, transcript or protein of man, with a version or not. */
export function isEnsembl(name: string): boolean {
  return /^ENS[GTP]\d{11}(\.\d+)?$/.test(name);
}

/** Genes written with an id behind them, as DepMap does (`TP53 (7157)`), and ids of Ensembl with a version, without. */
function withoutIds(file: string, genes: readonly string[], notes: string[]): readonly string[] {
  const behind = genes.filter((gene) => /^\S+ \((\d+|ENSG\d{11}(\.\d+)?|Unknown)\)$/.test(gene));
  if (behind.length * 2 > genes.length) {
    notes.push(
      `${file}: ${behind.length} genes have an id behind their symbol (${behind[0]}), which was left out.`,
    );
    return genes.map((gene) => gene.replace(/ \((\d+|ENSG\d{11}(\.\d+)?|Unknown)\)$/, ""));
  }
  return genes.every(isEnsembl) ? genes.map((gene) => gene.replace(/\.\d+$/, "")) : genes;
}

function withoutDates(file: string, columns: readonly string[], notes: string[]): readonly string[] {
  const turned: string[] = [];
  const genes = columns.map((name, at) => {
    const date = dateOf(name);
    if (!date) return name;
    const gene = families[date.month]?.(date.day);
    if (gene === undefined) {
      throw new UserError(
        `${file}, header, column ${at + 1}: found ${
          quoteValue(name)
        }, a date, expected a gene symbol; a spreadsheet has changed it, export the table without one.`,
      );
    }
    const other = date.month === "mar" && date.day <= 2 ? ` or MTARC${date.day}` : "";
    turned.push(`${quoteValue(name)} is ${gene}${other}`);
    return gene;
  });
  if (turned.length > 0) {
    notes.push(
      `${file}: a spreadsheet turned ${turned.length} gene${
        turned.length === 1 ? "" : "s"
      } into dates, taken for the genes meant: ${turned.slice(0, 5).join(", ")}${
        turned.length > 5 ? ", ..." : ""
      }; mend the header.`,
    );
  }
  return genes;
}

function withoutEntrez(file: string, genes: readonly string[], notes: string[]): readonly string[] {
  const ids = genes.filter((gene) => /^\d{1,9}(\.0)?$/.test(gene));
  const numbers = genes.filter((gene) => !Number.isNaN(parseNumber(gene))).length;
  // With this many symbols it is a header, and the ids beside them are genes that nothing names.
  if (numbers <= 0.7 * genes.length) return genes;
  const symbols = new Map(ids.map((id) => [id, symbolOfEntrez(id.replace(/\.0$/, ""))]));
  const known = ids.filter((id) => symbols.get(id) !== undefined);
  // A header of numbers is a table without header: its first profile would silently be lost.
  const enough = ids.length > 2000 ? 0.3 : 0.5;
  if (numbers > ids.length || known.length < enough * ids.length) {
    throw new UserError(
      `${file}, header: found numbers (${
        quoteValue(genes[0])
      }, …), expected gene symbols; add a header line` +
        (numbers > ids.length
          ? "."
          : `, or name the columns by symbols: these are no Entrez ids of the shipped table.`),
    );
  }
  const unknown = ids.filter((id) => symbols.get(id) === undefined);
  notes.push(
    `${file}: the genes are Entrez ids: ${known.length} of ${ids.length} were turned into symbols (${
      known[0]
    } is ${symbols.get(known[0])})` + (unknown.length > 0
      ? `; ${unknown.length} are not in the shipped table and stay ids (${listNames(unknown, 3)}).`
      : "."),
  );
  return genes.map((gene) => symbols.get(gene) ?? gene);
}
