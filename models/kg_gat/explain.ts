import type { Dataset } from "../../datasets/dataset.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { RandomStream } from "../../datasets/random.ts";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { quoteValue } from "../../datasets/readers/quote_value.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { Explanation } from "../explanation.ts";
import {
  type FidelityPoint,
  type GraphExplanation,
  type GraphPath,
  kindName,
  type PathKind,
  type PathNode,
} from "../graph_explanation.ts";
import { conditions } from "../knowledge_graph/conditions.ts";
import { HostNetwork } from "./host_network.ts";
import { auroc, type Trace, trace, type TracedPath } from "./paths.ts";
import type { KgGatTask } from "./task.ts";

/** Paths that are listed; edges deleted at once; random draws beside them. */
const listedPaths = 200, deletions = [1, 3, 10], draws = 10;

/**
 * What the prediction of a row takes from the graph (kg-gat.md 9.2): paths from the drug by attention x gradient, and what becomes of the
 * prediction without the strongest edges, beside random ones of the same relation and degree.
 *
 * @param gene whose change is explained; absent: the whole predicted change.
 * @throws {UserError} for rows of several drugs or cell lines, a gene that is not predicted, or a network without messages.
 */
export async function explainKgGat(
  task: KgGatTask,
  data: Dataset<KnowledgeInputs>,
  rows: Uint32Array,
  gene?: string,
): Promise<Explanation> {
  const { drugNodeOfRow, cellNodeOfRow, samples } = data.inputs;
  if (new Set(Array.from(rows, (row) => `${drugNodeOfRow[row]} ${cellNodeOfRow[row]}`)).size !== 1) {
    throw new UserError(
      `The ${rows.length} rows to explain are of several drugs or cell lines, expected one of each.`,
    );
  }
  if (task.config.layers === 0) {
    throw new UserError(
      "This KG-GAT was trained with --layers 0: it takes no message from the graph, so there is nothing to explain.",
    );
  }
  const [row] = rows;
  const genes = data.outputs.names;
  const place = gene === undefined ? undefined : genes.indexOf(gene);
  if (place !== undefined && place < 0) {
    const near = closestName(gene!, genes);
    throw new UserError(
      `--gene ${quoteValue(gene!)}: the run does not predict it${near ? `; did you mean ${near}?` : "."}`,
    );
  }
  const network = new HostNetwork(task.config, task.nodes, await task.parameters());
  const graph = explainRow(network, data, row, place);
  return {
    smiles: samples.smiles[row],
    genes,
    prediction: (await task.predict(rows)).slice(0, genes.length),
    pathways: [],
    knownPathways: [],
    fragments: [],
    maps: {},
    pairs: [],
    heads: new Map(),
    graph: { ...graph, gene: gene ?? null },
  };
}

/** Mean AUROC of true targets among the nodes that simulated drugs take messages from; undefined without any. */
export function recoveredTargets(
  network: HostNetwork,
  data: Dataset<KnowledgeInputs>,
  rows: Iterable<number>,
): number | undefined {
  const { anchors: { mechanisms }, drugNodeOfRow } = data.inputs;
  if (!mechanisms) return undefined;
  const firstRows = new Map<number, number>();
  for (const row of rows) if (!firstRows.has(drugNodeOfRow[row])) firstRows.set(drugNodeOfRow[row], row);
  const found = [...firstRows.values()].flatMap((row) => {
    const { traced } = tracedRow(network, data, row);
    const truth = truthOf(network, data, row, traced);
    return truth && Number.isFinite(truth.auroc) ? [truth.auroc] : [];
  });
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0) / found.length;
}

/** The tree of messages of a row's drug, for a gene or for the whole predicted change. */
function tracedRow(network: HostNetwork, data: Dataset<KnowledgeInputs>, row: number, gene?: number) {
  const drug = network.nodes.placeOf.get(data.inputs.drugNodeOfRow[row])!;
  const predict = (own: HostNetwork) => changeOf(own, data, row);
  const { change, gradient } = predict(network);
  const length = Math.hypot(...change);
  const weights = gene === undefined
    ? change.map((value) => length === 0 ? 0 : value / length)
    : change.map((_, at) => Number(at === gene));
  return { drug, change, predict, traced: trace(network, drug, gradient(weights).drug) };
}

function changeOf(network: HostNetwork, data: Dataset<KnowledgeInputs>, row: number) {
  const { drugNodeOfRow, cellNodeOfRow } = data.inputs;
  const place = (node: number) => network.nodes.placeOf.get(node)!;
  const basal = data.basal!.take([row]);
  const head = network.head(
    place(drugNodeOfRow[row]),
    place(cellNodeOfRow[row]),
    basal,
    conditions(data).take([row]),
  );
  // Of a network that predicts the profile itself the change is the difference.
  return network.config.predicts === "change"
    ? head
    : { ...head, change: head.change.map((value, gene) => value - basal[gene]) };
}

function explainRow(
  network: HostNetwork,
  data: Dataset<KnowledgeInputs>,
  row: number,
  gene?: number,
): Omit<GraphExplanation, "gene"> {
  const { change, predict, traced } = tracedRow(network, data, row, gene);
  const full = traced.paths.filter(({ edges }) => edges.length === network.config.layers);
  const truth = truthOf(network, data, row, traced);
  const node = (place: number) => nodeAt(network, data, place);
  const { relations } = network.config;
  return {
    output: gene === undefined ? rms(change) : change[gene],
    paths: strongest(traced.paths).slice(0, listedPaths).map((path) => pathText(network, data, path)),
    kinds: kindsOf(network, data, full),
    fidelity: fidelityOf(network, traced, data, (own) => {
      const other = predict(own).change;
      return gene === undefined
        ? rms(other.map((value, at) => value - change[at]))
        : Math.abs(other[gene] - change[gene]);
    }),
    attention: traced.edges.map(({ edge, layer, weights }) => ({
      source: node(network.nodes.source[edge]),
      relation: relations[network.nodes.relation[edge]].name,
      destination: node(network.nodes.destination[edge]),
      layer,
      weights,
    })),
    ...(truth ? { truth } : {}),
  };
}

function strongest(paths: readonly TracedPath[]): TracedPath[] {
  return paths.toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

function rms(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

function nodeAt(
  { nodes }: HostNetwork,
  { inputs: { graph } }: Dataset<KnowledgeInputs>,
  place: number,
): PathNode {
  const node = nodes.nodeOf[place];
  return { name: graph.names[node], type: graph.types[graph.typeOf[node]], id: graph.ids[node] };
}

function pathText(
  network: HostNetwork,
  data: Dataset<KnowledgeInputs>,
  { edges, attention, contribution }: TracedPath,
): GraphPath {
  const { source, destination, relation } = network.nodes;
  return {
    nodes: [destination[edges[0]], ...edges.map((edge) => source[edge])].map((place) =>
      nodeAt(network, data, place)
    ),
    relations: edges.map((edge) => network.config.relations[relation[edge]].name),
    attention,
    contribution,
  };
}

function kindsOf(
  network: HostNetwork,
  data: Dataset<KnowledgeInputs>,
  paths: readonly TracedPath[],
): PathKind[] {
  const total = paths.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0);
  const groups = Map.groupBy(paths, (path) => kindName(pathText(network, data, path)));
  return [...groups].map(([name, own]) => ({
    name,
    paths: own.length,
    share: total === 0 ? 0 : own.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0) / total,
  })).sort((a, b) => b.share - a.share);
}

/** Deletes the strongest edges of the tree, and as often random ones of the same relations and about the same degrees. */
function fidelityOf(
  network: HostNetwork,
  { paths, edges }: Trace,
  { inputs: { graph } }: Dataset<KnowledgeInputs>,
  changeWithout: (network: HostNetwork) => number,
): FidelityPoint[] {
  const { nodes } = network;
  const strength = new Map<number, number>();
  for (const { edges: own, contribution } of paths) {
    const last = own.at(-1)!;
    strength.set(last, (strength.get(last) ?? 0) + Math.abs(contribution));
  }
  const tree = [...new Set(edges.map(({ edge }) => edge))].sort((a, b) =>
    (strength.get(b) ?? 0) - (strength.get(a) ?? 0)
  );
  const { starts } = graph.outgoing;
  const degree = (edge: number) => {
    const node = nodes.nodeOf[nodes.source[edge]];
    return starts[node + 1] - starts[node];
  };
  return deletions.filter((count) => 2 * count <= tree.length).map((count): FidelityPoint => {
    const chosen = tree.slice(0, count), rest = tree.slice(count);
    const values = Array.from({ length: draws }, (_, draw) => {
      const random = new RandomStream(0xf1de, count, draw);
      const taken = new Set<number>();
      for (const edge of chosen) {
        const free = rest.filter((other) => !taken.has(other));
        const alike = free.filter((other) => nodes.relation[other] === nodes.relation[edge]);
        const near = alike.filter((other) =>
          degree(other) <= 2 * degree(edge) && 2 * degree(other) >= degree(edge)
        );
        const pool = near.length > 0 ? near : alike.length > 0 ? alike : free;
        if (pool.length > 0) taken.add(random.pick(pool));
      }
      return changeWithout(network.without(taken));
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / draws;
    return {
      edges: count,
      strongest: changeWithout(network.without(new Set(chosen))),
      random: mean,
      deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1)),
      draws,
    };
  });
}

/** Whether the strongest neighbours of a simulated drug are its true targets. */
function truthOf(
  network: HostNetwork,
  data: Dataset<KnowledgeInputs>,
  row: number,
  { paths }: Trace,
): GraphExplanation["truth"] {
  const { anchors: { mechanisms }, drugNodeOfRow, graph } = data.inputs;
  const targets = mechanisms?.get(drugNodeOfRow[row]);
  if (!targets || targets.length === 0) return undefined;
  const direct = paths.filter(({ edges }) => edges.length === 1);
  const source = direct.map(({ edges }) => network.nodes.nodeOf[network.nodes.source[edges[0]]]);
  return {
    targets: targets.map((node) => graph.names[node]),
    auroc: auroc(
      direct.map(({ contribution }) => Math.abs(contribution)),
      source.map((node) => targets.includes(node)),
    ),
    neighbours: direct.length,
  };
}
