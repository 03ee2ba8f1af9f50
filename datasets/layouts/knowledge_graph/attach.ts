import type { Dataset, Key } from "../../dataset.ts";
import type { NodeDraft } from "../../knowledge_graph/graph_draft.ts";
import type { KnowledgeGraph } from "../../knowledge_graph/graph.ts";
import type { NodeFeatures } from "../../knowledge_graph/node_features.ts";
import { meanOfRows } from "../../matrix.ts";
import { Chemistry } from "../../molecules/chemistry.ts";
import type { ProfileInputs } from "../basal_profiles/inputs.ts";
import type { Anchors, KnowledgeInputs } from "./inputs.ts";

/** Type of the nodes of cell lines. */
export const cellType = "cell_line";
/** Type of the nodes of drugs, as PrimeKG calls it. */
export const drugType = "drug";
/** Type of the nodes of genes, as PrimeKG calls it. */
export const geneType = "gene/protein";

/** Where features of drugs and cell lines come from, unless from a file. */
export const morganFeatures = "Morgan bits", basalFeatures = "basal profiles";
/** Length of the fingerprints. */
export const morganWidth = 1024;

/** RDKit, once it is loaded: attaching must not wait, controls are applied in between. */
let chemistry: Chemistry | undefined;

/** To be awaited before rows are attached. */
export async function loadChemistry(): Promise<void> {
  chemistry ??= await Chemistry.load();
}

/** Rows on a graph: drugs and cell lines that it does not know become nodes without edges. */
export function attached<Inputs extends ProfileInputs>(
  data: Dataset<Inputs>,
  anchors: Anchors,
): Dataset<KnowledgeInputs> {
  const fresh: NodeDraft[] = [];
  const first = anchors.graph.ids.length;
  const place = (key: Key, known: ReadonlyMap<string, number>, type: string) => {
    const identities = Map.groupBy(key.known ?? [], ([, unit]) => unit);
    const units = new Set(key.of);
    return key.ids.map((id, unit) => {
      const found = [id, ...(identities.get(unit) ?? []).map(([text]) => text)].map((text) => known.get(text))
        .find((node) => node !== undefined);
      if (found !== undefined || !units.has(unit)) return found ?? 0;
      fresh.push({ type, id: id || `no ${type}`, name: key.names[unit], source: "asked" });
      return first + fresh.length - 1;
    });
  };
  const drugs = place(data.drug, anchors.drugNodes, drugType);
  const cells = place(data.cell, anchors.cellNodes, cellType);
  const features = fresh.length === 0 || !anchors.describesNew
    ? anchors.features
    : withNew(anchors.features, data, drugs, cells, first);
  const { inputs } = data;
  return {
    ...data,
    inputs: {
      ...inputs,
      graph: withNodes(anchors.graph, fresh),
      features,
      drugNodeOfRow: data.drug.of.map((unit) => drugs[unit]),
      cellNodeOfRow: data.cell.of.map((unit) => cells[unit]),
      anchors,
    },
  };
}

/** The graph with further nodes, which have no edges. */
function withNodes(graph: KnowledgeGraph, fresh: readonly NodeDraft[]): KnowledgeGraph {
  if (fresh.length === 0) return graph;
  const types = [...new Set([...graph.types, ...fresh.map(({ type }) => type)])];
  const longer = (starts: Uint32Array) => {
    const all = new Uint32Array(starts.length + fresh.length).fill(starts.at(-1)!);
    all.set(starts);
    return all;
  };
  return {
    ...graph,
    ids: [...graph.ids, ...fresh.map(({ id }) => id)],
    names: [...graph.names, ...fresh.map(({ name }) => name)],
    sources: [...graph.sources, ...fresh.map(({ source }) => source)],
    types,
    typeOf: Uint8Array.from([...graph.typeOf, ...fresh.map(({ type }) => types.indexOf(type))]),
    incoming: { ...graph.incoming, starts: longer(graph.incoming.starts) },
    outgoing: { ...graph.outgoing, starts: longer(graph.outgoing.starts) },
  };
}

function withNew(
  features: readonly NodeFeatures[],
  data: Dataset<ProfileInputs>,
  drugs: readonly number[],
  cells: readonly number[],
  first: number,
): NodeFeatures[] {
  const isNew = (node: number) => node >= first;
  return features.map((own) => {
    if (own.file === morganFeatures) {
      return joined(own, morganOf(data, drugs, isNew));
    }
    return own.file === basalFeatures ? joined(own, basalOf(data, cells, isNew)) : own;
  });
}

function joined(own: NodeFeatures, more: NodeFeatures): NodeFeatures {
  const values = new Float32Array(own.values.length + more.values.length);
  values.set(own.values);
  values.set(more.values, own.values.length);
  return { ...own, nodes: Uint32Array.from([...own.nodes, ...more.nodes]), values };
}

/** Morgan bits of the drugs of rows. @param nodeOf one a drug. */
export function morganOf(
  { structures, drug }: Dataset,
  nodeOf: readonly number[],
  wanted: (node: number) => boolean = () => true,
): NodeFeatures {
  const used = new Set(drug.of);
  const units = structures.map((_, unit) => unit).filter((unit) =>
    used.has(unit) && structures[unit] !== "" && wanted(nodeOf[unit])
  ).sort((a, b) => nodeOf[a] - nodeOf[b]);
  const values = new Float32Array(units.length * morganWidth);
  units.forEach((unit, place) =>
    values.set(chemistry!.morganBits(structures[unit], 2, morganWidth), place * morganWidth)
  );
  return {
    type: drugType,
    file: morganFeatures,
    nodes: Uint32Array.from(units, (unit) => nodeOf[unit]),
    width: morganWidth,
    values,
  };
}

/** Mean untreated profiles of the cell lines of rows. @param nodeOf one a cell line. */
export function basalOf(
  { cell, inputs: { basal, genes } }: Dataset<ProfileInputs>,
  nodeOf: readonly number[],
  wanted: (node: number) => boolean = () => true,
): NodeFeatures {
  const width = genes.length;
  const rowsOf = Map.groupBy(cell.of.keys(), (row) => cell.of[row]);
  const units = [...rowsOf.keys()].filter((unit) => wanted(nodeOf[unit])).sort((a, b) =>
    nodeOf[a] - nodeOf[b]
  );
  const values = new Float32Array(units.length * width);
  units.forEach((unit, place) => {
    values.set(meanOfRows(basal, rowsOf.get(unit)!), place * width);
  });
  return {
    type: cellType,
    file: basalFeatures,
    nodes: Uint32Array.from(units, (unit) => nodeOf[unit]),
    width,
    values,
  };
}
