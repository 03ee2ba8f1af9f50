import { closestName } from "../readers/closest_name.ts";
import table from "./genes.tsv" with { type: "text" };

/** Approved symbols of human genes with their Entrez id and other names; which genes it covers, THIRD_PARTY.md says. */
class GeneTable {
  /** Symbols as they are approved. */
  readonly symbols = new Set<string>();
  /** Symbol by Entrez id. */
  readonly byEntrez = new Map<string, string>();
  /** Symbol by an earlier symbol or an alias, in capitals. */
  readonly byOther = new Map<string, string>();

  constructor(text: string) {
    for (const line of text.trimEnd().split("\n").slice(1)) {
      const [entrez, symbol, other] = line.split("\t");
      this.symbols.add(symbol);
      if (entrez !== "") this.byEntrez.set(entrez, symbol);
      if (symbol !== symbol.toUpperCase()) this.byOther.set(symbol.toUpperCase(), symbol);
      for (const name of other.split("|")) if (name !== "") this.byOther.set(name.toUpperCase(), symbol);
    }
  }
}

let loaded: GeneTable | undefined;
const genes = () => loaded ??= new GeneTable(table);

/** Symbol of an Entrez id, where the shipped table has it. */
export function symbolOfEntrez(id: string): string | undefined {
  return genes().byEntrez.get(id);
}

/**
 * What two names of one gene have in common: the approved symbol in capitals. Names that the shipped table does not know stand
 * for themselves.
 */
export function geneIdentity(name: string): string {
  const plain = name.trim().toUpperCase();
  return genes().symbols.has(plain) ? plain : genes().byOther.get(plain) ?? plain;
}

/** The approved symbol that a name is an older one or an alias of; undefined for any other name. */
export function approvedSymbol(name: string): string | undefined {
  const identity = geneIdentity(name);
  return identity === name.trim().toUpperCase() ? undefined : identity;
}

/** Whether a name is a symbol as it is approved, capitals and all. */
export function isApproved(name: string): boolean {
  return genes().symbols.has(name);
}

/** What a name that nothing knows may have been meant to be: the nearest approved symbol. */
export function nearestSymbol(name: string): string | undefined {
  return closestName(name, genes().symbols);
}

/** A gene found among others. */
export interface MatchedGene {
  /** Its position. */
  readonly at: number;
  /** `name`: written the same; `case`: in other capitals; `symbol`: by another symbol of the gene. */
  readonly by: "name" | "case" | "symbol";
}

/** Finds genes by name, then whatever their case, then by the approved symbol; what two genes share finds neither. */
export function geneFinder(names: readonly string[]): (name: string) => MatchedGene | undefined {
  const exact = new Map(names.map((name, at) => [name, at]));
  const small = unique(names, (name) => name.trim().toUpperCase());
  const symbols = unique(names, geneIdentity);
  return (name) => {
    const at = exact.get(name);
    if (at !== undefined) return { at, by: "name" };
    const inCapitals = small.get(name.trim().toUpperCase());
    if (inCapitals !== undefined) return { at: inCapitals, by: "case" };
    const other = symbols.get(geneIdentity(name));
    return other === undefined ? undefined : { at: other, by: "symbol" };
  };
}

function unique(names: readonly string[], keyOf: (name: string) => string): Map<string, number> {
  const places = new Map<string, number>(), twice = new Set<string>();
  names.forEach((name, at) => {
    const key = keyOf(name);
    if (places.has(key)) twice.add(key);
    places.set(key, at);
  });
  for (const key of twice) places.delete(key);
  return places;
}

/** What a gene that nothing knows may have been meant to be: an approved symbol, or the nearest of `candidates`. */
export function suggestedGene(name: string, candidates: Iterable<string>): string | undefined {
  return approvedSymbol(name) ?? closestName(name, candidates);
}
