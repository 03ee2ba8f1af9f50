import type { GraphDraft } from "./graph_draft.ts";

/** Genes of a graph by symbol and by NCBI id; those that are not there are added when they are asked for. */
export class GeneNodes {
  readonly #bySymbol = new Map<string, number>();
  readonly #byId = new Map<string, number>();
  /** Genes that were added. */
  added = 0;

  /** @param ids symbol -> NCBI id, where known. */
  constructor(readonly draft: GraphDraft, readonly ids: ReadonlyMap<string, string> = new Map()) {
    for (let node = 0; node < draft.nodes; node++) {
      if (draft.typeOf(node) !== "gene/protein") continue;
      const [symbol, id] = [draft.nameOf(node), draft.idOf(node)];
      if (!this.#bySymbol.has(symbol)) this.#bySymbol.set(symbol, node);
      // PrimeKG joins the ids of merged genes by underscores.
      for (const one of id.split("_")) if (!this.#byId.has(one)) this.#byId.set(one, node);
    }
  }

  /** The node of a symbol or NCBI id; undefined where there is none. */
  find(gene: string): number | undefined {
    const id = /^\d+$/.test(gene) ? gene : this.ids.get(gene);
    return (id === undefined ? undefined : this.#byId.get(id)) ?? this.#bySymbol.get(gene);
  }

  /** The same, added if it is new. */
  of(gene: string): number {
    const known = this.find(gene);
    if (known !== undefined) return known;
    const id = this.ids.get(gene) ?? gene;
    const node = this.draft.addNode({
      type: "gene/protein",
      id,
      name: gene,
      source: id === gene ? "symbol" : "NCBI",
    });
    this.#bySymbol.set(gene, node);
    this.#byId.set(id, node);
    this.added++;
    return node;
  }
}
