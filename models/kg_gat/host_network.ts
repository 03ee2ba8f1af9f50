import type { NamedTensors } from "../training_task.ts";
import { type KgGatConfig, relationKey } from "./config.ts";
import type { NetworkNodes } from "./nodes.ts";

/** Attention that one node pays the edges which reach it. */
export interface NodeAttention {
  /** Numbers of the edges in \`NetworkNodes\`. */
  readonly edges: readonly number[];
  /** [edges, heads]; in the variant typed they add up to 1 for each relation. */
  readonly weights: Float64Array;
}

/** A value before a block's norm and activation, with what its derivative needs. */
interface Closed {
  readonly value: Float64Array;
  readonly normed: Float64Array;
  readonly inverseDeviation: number;
}

const slope = 0.2, epsilon = 1e-5;

/**
 * The network in float64 on the host, for the few nodes that a prediction depends on: its states and attention are what an explanation
 * is made of. Written apart from the kernels, so that it can be compared with them. Dropout is off.
 */
export class HostNetwork {
  readonly #memo = new Map<string, Float64Array>();
  readonly #closed = new Map<string, Closed>();
  readonly #attention = new Map<string, NodeAttention>();
  /** Incoming edges of each node, as numbers of edges. */
  readonly #incoming: { readonly starts: Uint32Array; readonly order: Uint32Array };

  /** @param deleted edges that are left out. */
  constructor(
    readonly config: KgGatConfig,
    readonly nodes: NetworkNodes,
    readonly parameters: NamedTensors,
    readonly deleted: ReadonlySet<number> = new Set(),
  ) {
    const starts = new Uint32Array(nodes.count + 1);
    for (const node of nodes.destination) starts[node + 1]++;
    for (let node = 0; node < nodes.count; node++) starts[node + 1] += starts[node];
    const next = starts.slice(), order = new Uint32Array(nodes.destination.length);
    nodes.destination.forEach((node, edge) => order[next[node]++] = edge);
    this.#incoming = { starts, order };
  }

  /** The same network without some edges. */
  without(deleted: ReadonlySet<number>): HostNetwork {
    return new HostNetwork(this.config, this.nodes, this.parameters, deleted);
  }

  /** State of a node after so many layers. */
  state(layer: number, node: number): Float64Array {
    return this.#kept(`h ${layer} ${node}`, () => {
      if (layer === 0) return this.#input(node);
      return this.#block(layer, node).value;
    });
  }

  /** Derivative of a block's output with respect to what its attention and self path add up to, applied to a gradient. */
  backThroughBlock(layer: number, node: number, gradient: Float64Array): Float64Array {
    const { value, normed, inverseDeviation } = this.#block(layer, node);
    const scale = this.#vector(this.#normKey(layer, node, "weight"));
    const width = gradient.length;
    // ELU: for x below 0 its slope is e^x, which is the output plus 1.
    const dn = gradient.map((g, k) => g * (value[k] > 0 ? 1 : value[k] + 1) * scale[k]);
    const mean = dn.reduce((sum, own) => sum + own, 0) / width;
    const along = dn.reduce((sum, own, k) => sum + own * normed[k], 0) / width;
    return dn.map((own, k) => inverseDeviation * (own - mean - normed[k] * along));
  }

  /** Message of an edge's source in a layer: its projection, all heads. */
  message(layer: number, edge: number): Float64Array {
    const { source, relation } = this.nodes, node = source[edge];
    const key = this.#edgeKey(layer, relation[edge]);
    return this.#kept(`m ${key} ${layer} ${node}`, () => {
      const { scoring, variant } = this.config;
      const name = scoring === "gatv2" ? "lin_l" : variant === "typed" ? "lin_src" : "lin";
      return this.#linear(`${key}.${name}`, this.state(layer - 1, node), scoring === "gatv2");
    });
  }

  /** Gradient at a source's state from the gradient at its message. */
  backThroughMessage(layer: number, edge: number, gradient: Float64Array): Float64Array {
    const { scoring, variant } = this.config;
    const name = scoring === "gatv2" ? "lin_l" : variant === "typed" ? "lin_src" : "lin";
    const weight = this.#vector(`${this.#edgeKey(layer, this.nodes.relation[edge])}.${name}.weight`);
    const width = gradient.length;
    const result = new Float64Array(width);
    for (let out = 0; out < width; out++) {
      for (let k = 0; k < width; k++) result[k] += gradient[out] * weight[out * width + k];
    }
    return result;
  }

  /** Attention of a node in a layer. */
  attention(layer: number, node: number): NodeAttention {
    const key = `${layer} ${node}`;
    const known = this.#attention.get(key);
    if (known) return known;
    const { heads, variant } = this.config;
    const { starts, order } = this.#incoming;
    const edges = [...order.subarray(starts[node], starts[node + 1])].filter((edge) =>
      !this.deleted.has(edge)
    );
    const logits = new Float64Array(edges.length * heads);
    edges.forEach((edge, at) => logits.set(this.#logits(layer, edge), at * heads));
    const weights = new Float64Array(logits.length);
    // One softmax over all edges, or in the variant typed one a relation.
    const groups = variant === "typed"
      ? [...Map.groupBy(edges.keys(), (at) => this.nodes.relation[edges[at]]).values()]
      : [[...edges.keys()]];
    for (const group of groups) {
      for (let head = 0; head < heads; head++) {
        const most = Math.max(...group.map((at) => logits[at * heads + head]));
        const total = group.reduce((sum, at) => sum + Math.exp(logits[at * heads + head] - most), 0);
        for (const at of group) {
          weights[at * heads + head] = Math.exp(logits[at * heads + head] - most) / total;
        }
      }
    }
    const made = { edges, weights };
    this.#attention.set(key, made);
    return made;
  }

  /** Change of every gene for a drug and a cell line; and the gradient of a weighted sum of changes at both nodes' states. */
  head(drug: number, cell: number, basal: ArrayLike<number>, condition: ArrayLike<number>) {
    const { layers, width, headWidth, genes } = this.config;
    const z = [
      ...this.state(layers, drug),
      ...this.state(layers, cell),
      ...Array.from(basal),
      ...Array.from(condition),
    ];
    const [first, bias] = [this.#vector("head.0.weight"), this.#vector("head.0.bias")];
    const hidden = Float64Array.from({ length: headWidth }, (_, out) => {
      let sum = bias[out];
      for (let k = 0; k < z.length; k++) sum += first[out * z.length + k] * z[k];
      return Math.max(0, sum);
    });
    const [second, shift] = [this.#vector("head.1.weight"), this.#vector("head.1.bias")];
    const change = Float64Array.from({ length: genes }, (_, gene) => {
      let sum = shift[gene];
      for (let k = 0; k < headWidth; k++) sum += second[gene * headWidth + k] * hidden[k];
      return sum;
    });
    const gradient = (weights: ArrayLike<number>) => {
      const dz = new Float64Array(2 * width);
      for (let out = 0; out < headWidth; out++) {
        if (hidden[out] === 0) continue;
        let sum = 0;
        for (let gene = 0; gene < genes; gene++) sum += weights[gene] * second[gene * headWidth + out];
        for (let k = 0; k < 2 * width; k++) dz[k] += sum * first[out * z.length + k];
      }
      return { drug: dz.slice(0, width), cell: dz.slice(width) };
    };
    return { change, gradient };
  }

  #block(layer: number, node: number): Closed {
    const key = `${layer} ${node}`;
    const known = this.#closed.get(key);
    if (known) return known;
    const sum = this.#before(layer, node);
    const mean = sum.reduce((total, value) => total + value, 0) / sum.length;
    const variance = sum.reduce((total, value) => total + (value - mean) ** 2, 0) / sum.length;
    const inverseDeviation = 1 / Math.sqrt(variance + epsilon);
    const normed = sum.map((value) => (value - mean) * inverseDeviation);
    const [scale, shift] = [
      this.#vector(this.#normKey(layer, node, "weight")),
      this.#vector(this.#normKey(layer, node, "bias")),
    ];
    const value = normed.map((own, k) => {
      const x = own * scale[k] + shift[k];
      return x > 0 ? x : Math.expm1(x);
    });
    const made = { value, normed, inverseDeviation };
    this.#closed.set(key, made);
    return made;
  }

  /** Messages by attention, and the node's path to itself. */
  #before(layer: number, node: number): Float64Array {
    const { variant, heads, width, relations } = this.config;
    const type = this.#typeOf(node);
    const own = variant === "typed" ? `self.${layer - 1}.${type.name}` : `self.${layer - 1}`;
    const sum = this.#linear(own, this.state(layer - 1, node), true).slice();
    const { edges, weights } = this.attention(layer, node);
    const channels = width / heads;
    edges.forEach((edge, at) => {
      const message = this.message(layer, edge);
      for (let k = 0; k < width; k++) sum[k] += weights[at * heads + Math.floor(k / channels)] * message[k];
    });
    if (variant === "typed") {
      const there = new Set(this.nodes.types.filter(({ nodes }) => nodes > 0).map(({ name }) => name));
      relations.forEach((relation) => {
        if (relation.destination !== type.name || !there.has(relation.source)) return;
        this.#vector(`conv.${layer - 1}.${relationKey(relation)}.bias`).forEach((value, k) =>
          sum[k] += value
        );
      });
    }
    return sum;
  }

  #logits(layer: number, edge: number): Float64Array {
    const { heads, width, scoring, variant } = this.config;
    const { destination, relation } = this.nodes;
    const key = this.#edgeKey(layer, relation[edge]);
    const bias = variant === "relation-bias" ? this.#vector(`${key}.relation_bias`) : undefined;
    const channels = width / heads;
    const from = this.message(layer, edge), to = this.#projected(layer, edge, destination[edge]);
    return Float64Array.from({ length: heads }, (_, head) => {
      const own = bias?.[relation[edge] * heads + head] ?? 0;
      let sum = 0;
      if (scoring === "gat") {
        const [a, b] = [this.#vector(`${key}.att_src`), this.#vector(`${key}.att_dst`)];
        for (let k = head * channels; k < (head + 1) * channels; k++) sum += a[k] * from[k] + b[k] * to[k];
        return leaky(sum + own);
      }
      const vector = this.#vector(`${key}.att`);
      for (let k = head * channels; k < (head + 1) * channels; k++) sum += vector[k] * leaky(from[k] + to[k]);
      return sum + own;
    });
  }

  /** Projection of the node that an edge reaches. */
  #projected(layer: number, edge: number, node: number): Float64Array {
    const { scoring, variant } = this.config;
    const key = this.#edgeKey(layer, this.nodes.relation[edge]);
    const name = scoring === "gatv2" ? "lin_r" : variant === "typed" ? "lin_dst" : "lin";
    return this.#kept(
      `r ${key} ${layer} ${node}`,
      () => this.#linear(`${key}.${name}`, this.state(layer - 1, node), scoring === "gatv2"),
    );
  }

  #edgeKey(layer: number, relation: number): string {
    const { variant, relations } = this.config;
    return `conv.${layer - 1}${variant === "typed" ? `.${relationKey(relations[relation])}` : ""}`;
  }

  #normKey(layer: number, node: number, name: string): string {
    const type = this.config.variant === "typed" ? `.${this.#typeOf(node).name}` : "";
    return `norm.${layer - 1}${type}.${name}`;
  }

  #typeOf(node: number) {
    return this.nodes.types.findLast(({ first, nodes }) => nodes > 0 && first <= node)!;
  }

  #input(node: number): Float64Array {
    const { name, first, features, learned, members } = this.#typeOf(node);
    const { width } = this.config, at = node - first;
    if (learned) {
      const row = members[at];
      return Float64Array.from(this.#vector(`embedding.${name}`).subarray(row * width, (row + 1) * width));
    }
    const sum = Float64Array.from(this.#vector(`input.${name}.bias`));
    features.forEach(({ width: wide, values }, number) => {
      const weight = this.#vector(`input.${name}.${number}.weight`);
      for (let k = 0; k < wide; k++) {
        const x = values[at * wide + k];
        if (x !== 0) { for (let out = 0; out < width; out++) sum[out] += x * weight[out * wide + k]; }
      }
    });
    return sum;
  }

  #linear(key: string, x: Float64Array, biased: boolean): Float64Array {
    const weight = this.#vector(`${key}.weight`);
    const bias = biased ? this.#vector(`${key}.bias`) : undefined;
    const out = weight.length / x.length;
    return Float64Array.from({ length: out }, (_, row) => {
      let sum = bias?.[row] ?? 0;
      for (let k = 0; k < x.length; k++) sum += weight[row * x.length + k] * x[k];
      return sum;
    });
  }

  #vector(key: string): Float32Array {
    return this.parameters.get(key)!.data as Float32Array;
  }

  #kept(key: string, make: () => Float64Array): Float64Array {
    let value = this.#memo.get(key);
    if (!value) this.#memo.set(key, value = make());
    return value;
  }
}

function leaky(x: number): number {
  return x > 0 ? x : slope * x;
}
