import type { Key } from "../dataset.ts";
import type { Chemistry } from "../molecules/chemistry.ts";
import type { GraphDraft } from "./graph_draft.ts";
import type { GeneNodes } from "./gene_nodes.ts";
import type { DrugIds } from "./read_drug_ids.ts";
import { type DrugTargetTable, normalisedName } from "./read_targets.ts";

/** How a drug of the rows came to its node. */
export interface MergedDrug {
  /** For people. */
  readonly name: string;
  readonly node: number;
  /** `new`: the graph did not have it. `taken`: another drug of the rows is that node already. */
  readonly how: "InChIKey" | "synonym" | "name" | "new" | "taken";
  /** Edges to targets that were added. */
  readonly targets: number;
}

/** What drugs are matched by. */
export interface MergeSources {
  readonly ids?: DrugIds;
  readonly targets: readonly DrugTargetTable[];
}

/**
 * Finds each drug of the rows in the graph, by the first block of its InChIKey, by a synonym with a DrugBank id, by its normalised name;
 * or adds it, with edges to its known targets (kg-gat.md 3.5). A drug without any stands alone.
 *
 * @param structures one a drug: canonical SMILES of its parent, "" where none is known.
 */
export function mergeDrugs(
  draft: GraphDraft,
  genes: GeneNodes,
  drug: Pick<Key, "ids" | "names">,
  structures: readonly string[],
  { ids, targets }: MergeSources,
  chemistry: Chemistry,
): MergedDrug[] {
  const byId = new Map<string, number>(), byName = new Map<string, number>();
  for (let node = 0; node < draft.nodes; node++) {
    if (draft.typeOf(node) !== "drug") continue;
    byId.set(draft.idOf(node), node);
    const name = normalisedName(draft.nameOf(node));
    if (!byName.has(name)) byName.set(name, node);
  }
  const taken = new Set<number>();
  const match = (unit: number): { node: number; how: MergedDrug["how"] } | undefined => {
    const key = structures[unit] === "" ? undefined : chemistry.inchiKey(structures[unit])?.split("-")[0];
    const name = normalisedName(drug.names[unit]);
    const candidates = [
      { how: "InChIKey", node: byId.get(ids?.byInchiKey.get(key ?? "") ?? "") },
      { how: "synonym", node: byId.get(ids?.byName.get(name) ?? "") },
      { how: "name", node: byName.get(name) },
    ] as const;
    const found = candidates.find(({ node }) => node !== undefined);
    return found && { node: found.node!, how: found.how };
  };
  return drug.ids.map((_, unit): MergedDrug => {
    const name = drug.names[unit];
    const found = match(unit);
    if (found && !taken.has(found.node)) {
      taken.add(found.node);
      return { name, ...found, targets: 0 };
    }
    const node = draft.addNode({ type: "drug", id: drug.ids[unit], name, source: "rows" });
    const symbols = targets.map(({ genesOf }) =>
      genesOf.get(normalisedName(name))
    ).find((list) => list !== undefined) ?? [];
    for (const symbol of symbols) draft.link("drug_protein", node, genes.of(symbol));
    return { name, node, how: found ? "taken" : "new", targets: symbols.length };
  });
}
