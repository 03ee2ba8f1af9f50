import { join } from "node:path";
import type { Dataset } from "../../dataset.ts";
import { cellIdentity, readCellAliases } from "../../identity/cell_identity.ts";
import { drugIdentities } from "../../identity/drug_identity.ts";
import { unitOf } from "../../identity/key.ts";
import { type KnowledgeGraph, typeCounts } from "../../knowledge_graph/graph.ts";
import { graphFile, readGraphFile } from "../../knowledge_graph/graph_file.ts";
import type { NodeFeatures } from "../../knowledge_graph/node_features.ts";
import { simulateGraph } from "../../knowledge_graph/simulate_graph.ts";
import { Chemistry } from "../../molecules/chemistry.ts";
import { UserError } from "../../user_error.ts";
import { appendProfiles } from "../basal_profiles/append.ts";
import type { ProfileInputs } from "../basal_profiles/inputs.ts";
import { keepProfiles } from "../basal_profiles/kept_run.ts";
import { profiles } from "../profiles/profiles.ts";
import { fingerprintOf } from "../common/fingerprint.ts";
import { sourceFiles } from "../common/source_files.ts";
import type { Layout, ReadContext } from "../layout.ts";
import { attached, basalOf, loadChemistry, morganOf } from "./attach.ts";
import { knowledgeControls } from "./controls.ts";
import { disturbedAnchors } from "./disturbed.ts";
import type { Anchors, KnowledgeInputs } from "./inputs.ts";
import { anchorFiles, type AnchorRow, readAnchorFile } from "../../knowledge_graph/anchor_files.ts";
import { type KnowledgeSettings, knowledgeSettings, rowSettings } from "./settings.ts";

/** A graph before it is known which identities its drugs and cell lines have. */
interface NamedGraph {
  readonly graph: KnowledgeGraph;
  readonly features: readonly NodeFeatures[];
  /** SMILES and node. */
  readonly drugs: readonly AnchorRow[];
  /** Cell line and node. */
  readonly cells: readonly AnchorRow[];
  readonly mechanisms?: Anchors["mechanisms"];
  readonly notes: readonly string[];
}

/** Rows as in `profiles`, on a graph in which their drugs and cell lines are nodes; \`perturbine prepare kg\` makes such folders. */
export const knowledgeGraph: Layout<KnowledgeSettings, KnowledgeInputs> = {
  name: "knowledge-graph",
  title:
    "profiles with a graph of drugs, genes and cell lines (graph.safetensors), as `prepare kg` writes it",
  settings: knowledgeSettings,
  files: [...profiles.files, graphFile],
  async read(folder, settings, context) {
    const rows = await profiles.read(folder, rowSettings(settings), context);
    const path = join(folder, graphFile);
    const [drugs, cells] = await Promise.all(anchorFiles.map((file) => readAnchorFile(join(folder, file))));
    const stored = await readGraphFile(path);
    const named = { ...stored, drugs, cells, notes: [] };
    const data = await onGraph(rows, named, settings, context, await readCellAliases(folder));
    const files = await sourceFiles(folder, [graphFile, ...anchorFiles].map((file) => join(folder, file)));
    return {
      ...data,
      files: [...rows.files, ...files],
      fingerprint: fingerprintOf([
        rows.fingerprint,
        ...files.map(({ sha256 }) => sha256),
        graphSettings(settings),
      ]),
    };
  },
  async simulate(options, settings, context) {
    const experiment = { ...graphExperiment, ...options };
    const rows = await profiles.simulate(experiment, rowSettings(settings), context);
    const data = await onGraph(rows, simulateGraph(experiment), settings, context);
    return {
      ...data,
      fingerprint: fingerprintOf([rows.fingerprint, "simulated graph", graphSettings(settings)]),
    };
  },
  keep: (run, data) => keepProfiles(run, data),
  async query(request, source) {
    const own = await source.own();
    await loadChemistry();
    const asked = await profiles.query(request, { ...source, settings: rowSettings(source.settings) });
    return { ...asked, data: { ...attached(asked.data, own.inputs.anchors), layout: "knowledge-graph" } };
  },
  append: (own, other) => attached(appendProfiles(own, other) as Dataset<ProfileInputs>, own.inputs.anchors),
  controls: knowledgeControls,
};

/** The simulator's experiment unless told: more drugs at fewer conditions, since drugs are what a graph tells apart. */
const graphExperiment = { drugs: 40, decoys: 6, cells: 6, doses: [1.11, 10], times: [24] } as const;

/** What of the settings changes the graph. */
function graphSettings(
  { edges, dropRelation, shuffleEdges, randomiseFeatures, degreeOnly, graphSeed }: KnowledgeSettings,
) {
  return [edges, dropRelation, shuffleEdges, randomiseFeatures, degreeOnly, graphSeed];
}

async function onGraph(
  rows: Dataset<ProfileInputs>,
  named: NamedGraph,
  settings: KnowledgeSettings,
  { identity }: ReadContext,
  aliases?: Awaited<ReturnType<typeof readCellAliases>>,
): Promise<Dataset<KnowledgeInputs>> {
  await loadChemistry();
  const { of } = drugIdentities(await Chemistry.load(), identity);
  const drugNodes = nodesOf(rows, "drug", named.drugs, of);
  const cellNodes = nodesOf(rows, "cell", named.cells, cellIdentity(aliases, rows.cell.names));
  const given: Anchors = {
    graph: named.graph,
    features: [
      ...named.features,
      morganOf(rows, rows.drug.ids.map((id) => drugNodes.get(id)!)),
      basalOf(rows, rows.cell.ids.map((id) => cellNodes.get(id)!)),
    ],
    drugNodes,
    cellNodes,
    describesNew: true,
    ...(named.mechanisms ? { mechanisms: named.mechanisms } : {}),
  };
  const { anchors, notes } = disturbedAnchors(given, settings);
  const data = attached(rows, anchors);
  return {
    ...data,
    layout: "knowledge-graph",
    inputNotes: [...named.notes, graphNote(data), ...notes],
  };
}

/** Identities of the drugs or cell lines of rows by node. @throws {UserError} when a row's has none. */
function nodesOf(
  rows: Dataset<ProfileInputs>,
  kind: "drug" | "cell",
  anchors: readonly AnchorRow[],
  identityOf: (text: string) => string,
): Map<string, number> {
  const key = rows[kind];
  const nodeOf = new Map<number, number>();
  for (const { text, node } of anchors) {
    const unit = unitOf(key, identityOf(text));
    if (unit !== undefined && !nodeOf.has(unit)) nodeOf.set(unit, node);
  }
  const missing = key.ids.findIndex((_, unit) => !nodeOf.has(unit));
  if (missing >= 0) {
    const lacking = key.ids.filter((_, unit) => !nodeOf.has(unit)).length;
    throw new UserError(
      `${rows.source}: the graph has no node for ${lacking} of the ${key.ids.length} ${
        kind === "drug" ? "drugs" : "cell lines"
      }, such as ${
        JSON.stringify(key.names[missing])
      }, expected one for each; make the folder again with \`perturbine prepare kg\`.`,
    );
  }
  const nodes = new Map<string, number>();
  key.ids.forEach((id, unit) => nodes.set(id, nodeOf.get(unit)!));
  key.known?.forEach((unit, id) => nodes.set(id, nodeOf.get(unit)!));
  return nodes;
}

function graphNote({ drug, inputs: { anchors: { graph, drugNodes } } }: Dataset<KnowledgeInputs>): string {
  const { starts, source } = graph.incoming;
  const linked = drug.ids.filter((id) => {
    const node = drugNodes.get(id)!;
    return starts[node + 1] > starts[node];
  }).length;
  return `Graph: ${graph.ids.length} nodes of ${
    typeCounts(graph).filter((count) => count > 0).length
  } types, ${source.length} directed edges of ${
    new Set(graph.relations.map(({ name }) => name)).size
  } relations; ${linked} of the ${drug.ids.length} drugs of the rows have edges. No edge or feature is made from a treated profile.`;
}
