import { RandomStream } from "../random.ts";
import { closestName } from "../readers/closest_name.ts";
import { listNames } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { type DirectedRelation, edgeList, type KnowledgeGraph, withEdges } from "./graph.ts";
import type { NodeFeatures } from "./node_features.ts";

/** A graph without any edge. */
export function withoutEdges(graph: KnowledgeGraph): KnowledgeGraph {
  return withEdges(graph, {
    source: new Uint32Array(),
    destination: new Uint32Array(),
    relation: new Uint8Array(),
  });
}

/**
 * A graph without some relations, in both directions; the relations keep their numbers.
 *
 * @throws {UserError} for a name that the graph does not have, with the nearest.
 */
export function withoutRelations(graph: KnowledgeGraph, names: readonly string[]): KnowledgeGraph {
  const known = [...new Set(graph.relations.map(({ name }) => name))];
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = closestName(name, known);
    throw new UserError(
      `found no relation ${quoteValue(name)} in the graph, expected one of ${listNames(known, 40)}` +
        (near ? `; did you mean ${quoteValue(near)}?` : "."),
    );
  }
  const { source, destination, relation } = edgeList(graph);
  const kept = Uint32Array.from(
    relation.keys().filter((edge) => !names.includes(graph.relations[relation[edge]].name)),
  );
  return withEdges(graph, {
    source: kept.map((edge) => source[edge]),
    destination: kept.map((edge) => destination[edge]),
    relation: Uint8Array.from(kept, (edge) => relation[edge]),
  });
}

/**
 * Shuffles edges within each relation: the destinations of a share of them, drawn at random, are dealt anew among them. Every node
 * keeps its number of edges of every relation; both directions stay mirrored; an edge that would become a loop is swapped again
 * (kg-gat.md 9.1).
 *
 * @param fraction of the edges, 0 to 1.
 */
export function shuffledEdges(graph: KnowledgeGraph, fraction: number, seed: number): KnowledgeGraph {
  if (fraction === 0) return graph;
  const { source, destination, relation } = edgeList(graph);
  const edgesOf = graph.relations.map((): number[] => []);
  relation.forEach((own, edge) => edgesOf[own].push(edge));
  const pairs = pairedRelations(graph.relations);
  const list: { from: number; to: number; relation: number }[] = [];
  for (const [own, mirror] of pairs) {
    const random = new RandomStream(seed, 0x5f, own);
    const oneWay = mirror === undefined || (mirror !== own && edgesOf[mirror].length !== edgesOf[own].length);
    // Of an undirected relation within one type each edge is listed twice: the half that goes upwards is shuffled.
    const half = own === mirror && isSymmetric(edgesOf[own], source, destination)
      ? edgesOf[own].filter((edge) => source[edge] < destination[edge])
      : edgesOf[own];
    const loops = half === edgesOf[own]
      ? []
      : edgesOf[own].filter((edge) => source[edge] === destination[edge]);
    const ends = half.map((edge) => ({ from: source[edge], to: destination[edge] }));
    deal(ends, fraction, random);
    const mirrored = !oneWay && (own !== mirror || half !== edgesOf[own]);
    for (const { from, to } of ends) list.push({ from, to, relation: own });
    for (const edge of loops) list.push({ from: source[edge], to: destination[edge], relation: own });
    if (mirrored) { for (const { from, to } of ends) list.push({ from: to, to: from, relation: mirror! }); }
    else if (mirror !== undefined && mirror !== own) {
      for (const edge of edgesOf[mirror]) {
        list.push({ from: source[edge], to: destination[edge], relation: mirror });
      }
    }
  }
  return withEdges(graph, {
    source: Uint32Array.from(list, ({ from }) => from),
    destination: Uint32Array.from(list, ({ to }) => to),
    relation: Uint8Array.from(list, (edge) => edge.relation),
  });
}

/** Each relation with its mirror once: [a to b, b to a]; a relation within one type is its own mirror. */
function pairedRelations(relations: readonly DirectedRelation[]): (readonly [number, number | undefined])[] {
  const pairs: (readonly [number, number | undefined])[] = [];
  const done = new Set<number>();
  relations.forEach(({ source, name, destination }, own) => {
    if (done.has(own)) return;
    const mirror = relations.findIndex((other) =>
      other.name === name && other.source === destination && other.destination === source
    );
    done.add(own);
    if (mirror >= 0) done.add(mirror);
    pairs.push([own, mirror < 0 ? undefined : mirror]);
  });
  return pairs;
}

/** Whether every edge has its mirror, as often. */
function isSymmetric(edges: readonly number[], source: Uint32Array, destination: Uint32Array): boolean {
  const balance = new Map<string, number>();
  for (const edge of edges) {
    const [a, b] = [source[edge], destination[edge]];
    if (a === b) continue;
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    balance.set(key, (balance.get(key) ?? 0) + (a < b ? 1 : -1));
  }
  return balance.values().every((value) => value === 0);
}

/** Deals the `to` ends of a share of the edges anew, then swaps loops away. */
function deal(ends: { from: number; to: number }[], fraction: number, random: RandomStream): void {
  const count = Math.round(fraction * ends.length);
  const chosen = random.permutation(ends.length).subarray(0, count);
  const order = random.permutation(count);
  const before = Array.from(chosen, (edge) => ends[edge].to);
  chosen.forEach((edge, place) => ends[edge].to = before[order[place]]);
  for (const edge of chosen) {
    for (let attempt = 0; ends[edge].from === ends[edge].to && attempt < 100; attempt++) {
      const other = ends[chosen[random.below(count)]];
      if (other.from === ends[edge].to || other.to === ends[edge].from) continue;
      [ends[edge].to, other.to] = [other.to, ends[edge].to];
    }
  }
}

/** How node features are made uninformative. */
export type FeatureNoise = "gaussian" | "permuted";

/**
 * Features that say nothing of their node: drawn from a normal distribution with the mean and variance of each dimension, or those of
 * another node of the type (kg-gat.md 9.1).
 */
export function randomisedFeatures(
  features: readonly NodeFeatures[],
  kind: FeatureNoise,
  seed: number,
): NodeFeatures[] {
  return features.map((own, number) => {
    const random = new RandomStream(seed, 0xfe, number);
    const { width, nodes: { length: count }, values } = own;
    const noise = new Float32Array(values.length);
    if (kind === "permuted") {
      random.permutation(count).forEach((other, node) =>
        noise.set(values.subarray(other * width, (other + 1) * width), node * width)
      );
      return { ...own, values: noise };
    }
    for (let column = 0; column < width; column++) {
      let sum = 0, squares = 0;
      for (let at = column; at < values.length; at += width) {
        sum += values[at];
        squares += values[at] ** 2;
      }
      const mean = sum / count, deviation = Math.sqrt(Math.max(0, squares / count - mean ** 2));
      for (let at = column; at < values.length; at += width) noise[at] = mean + deviation * random.normal();
    }
    return { ...own, values: noise };
  });
}

/** For every node ln(1 + edges of each directed relation that reach it): all that is known where degree alone is to tell. */
export function degreeFeatures({ ids, types, typeOf, relations, incoming }: KnowledgeGraph): NodeFeatures[] {
  return types.map((type, number) => {
    const own = relations.flatMap(({ destination }, relation) => destination === type ? [relation] : []);
    const column = new Map(own.map((relation, at) => [relation, at]));
    const nodes = Uint32Array.from(ids.keys().filter((node) => typeOf[node] === number));
    // A type that no relation reaches has a column of zeros, so that it has features at all.
    const width = Math.max(1, own.length);
    const values = new Float32Array(nodes.length * width);
    nodes.forEach((node, place) => {
      for (let at = incoming.starts[node]; at < incoming.starts[node + 1]; at++) {
        values[place * width + column.get(incoming.relation[at])!]++;
      }
    });
    return { type, file: "degree", nodes, width, values: values.map(Math.log1p) };
  });
}
