import { type GeneHeader, geneHeader, refuseTwice } from "./gene_header.ts";
import { approvedSymbol, geneIdentity, isApproved, nearestSymbol } from "../identity/gene_identity.ts";

/** Of a header with this share of known genes, what is not known is looked at: the shipped table has not every gene. */
const mostlyKnown = 0.9;

/**
 * The genes of a table of profiles, each once: as `geneHeader` reads them, and two names that mean one gene (another capital, an older
 * symbol, what pandas and R put behind a name that stands twice) are refused.
 *
 * @throws {UserError} as `geneHeader` does, and for two columns of one gene.
 */
export function tableGenes(file: string, columns: readonly string[]): GeneHeader {
  const { genes, notes } = geneHeader(file, columns);
  refuseTwice(file, columns, genes.map(meaningAmong(genes)));
  return { genes, notes: [...notes, ...unapprovedNotes(file, genes)] };
}

/** The gene that a name means: `TP53` of `TP53.1` and `TP53_2` where that is among them too, of `TP53...7` always. */
function meaningAmong(genes: readonly string[]): (gene: string) => string {
  const names = new Set(genes);
  return (gene) => {
    const base = gene.replace(/[._]\d+$/, "");
    return geneIdentity(names.has(base) ? base : gene.replace(/\.{3}\d+$/, ""));
  };
}

/** What to say of genes that are not written by their approved symbols; they stay what they are. */
function unapprovedNotes(file: string, genes: readonly string[]): string[] {
  const others = genes.filter((gene) => !isApproved(gene));
  const older = others.filter((gene) => approvedSymbol(gene) !== undefined);
  const capitals = others.filter((gene) => isApproved(geneIdentity(gene)) && !older.includes(gene));
  const unknown = others.filter((gene) => !isApproved(geneIdentity(gene)));
  const mouse = capitals.filter((gene) => /^[A-Z][a-z0-9-]*$/.test(gene)).length * 2 > genes.length;
  const looked = unknown.length > 0 && genes.length >= 10 &&
    genes.length - unknown.length >= mostlyKnown * genes.length;
  const some = (list: readonly string[], text: (gene: string) => string) =>
    list.slice(0, 3).map(text).join(", ") + (list.length > 3 ? ", ..." : "");
  return [
    ...(older.length > 0
      ? [
        `${file}: ${count(older)} by an older symbol or another name (${
          some(older, (gene) => `${gene} is ${approvedSymbol(gene)}`)
        }); other tables meet them by either.`,
      ]
      : []),
    ...(capitals.length > 0
      ? [
        `${file}: ${count(capitals)} in other capitals than approved (${
          some(capitals, (gene) => `${gene} is ${geneIdentity(gene)}`)
        })${mouse ? ", as genes of mouse are; they are taken for those of man" : ""}.`,
      ]
      : []),
    ...(looked
      ? [
        `${file}: ${unknown.length} of ${genes.length} columns ${
          unknown.length === 1 ? "is no gene" : "are no genes"
        } of the shipped table (${some(unknown, suggested)}); remove what is no gene.`,
      ]
      : []),
  ];
}

function count(genes: readonly string[]): string {
  return genes.length === 1 ? "1 gene goes" : `${genes.length} genes go`;
}

function suggested(gene: string): string {
  const near = nearestSymbol(gene);
  return near === undefined ? gene : `${gene}: ${near}?`;
}
