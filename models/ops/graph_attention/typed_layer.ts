import { ShapeError } from "../../../engine/errors.ts";
import { add } from "../../../engine/ops/add.ts";
import { linear } from "../../../engine/ops/linear.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import type { GraphAttentionAttributes } from "./attributes.ts";
import { gatAttention } from "./gat_attention.ts";
import { gatv2Layer } from "./gatv2_layer.ts";
import type { DeviceGraph } from "./graph.ts";
import { foldHeads, headLogits } from "./head_logits.ts";

/** Parameters of the attention over one relation. */
export type RelationParameters =
  | {
    readonly kind: "gat";
    /** [heads x channels, width of the source type]. */
    readonly sourceWeight: Tensor;
    /** [heads x channels, width of the destination type]. */
    readonly destinationWeight: Tensor;
    /** [heads, channels]. */
    readonly sourceVector: Tensor;
    readonly destinationVector: Tensor;
    /** [heads x channels]. */
    readonly bias: Tensor;
  }
  | {
    readonly kind: "gatv2";
    readonly sourceWeight: Tensor;
    readonly sourceBias: Tensor;
    readonly destinationWeight: Tensor;
    readonly destinationBias: Tensor;
    /** [heads, channels]. */
    readonly vector: Tensor;
    readonly bias: Tensor;
  };

/** One directed relation between types of nodes. */
export interface TypedRelation {
  /** Type that edges come from. */
  readonly source: string;
  /** Type that they go to. */
  readonly destination: string;
  /** Its edges, nodes counted within their types. */
  readonly graph: DeviceGraph;
  /** Of this relation alone, also where both types are the same. */
  readonly parameters: RelationParameters;
}

/** The linear path of a type to itself. */
export interface SelfPath {
  /** [heads x channels, width of the type]. */
  readonly weight: Tensor;
  /** [heads x channels]. */
  readonly bias: Tensor;
}

/**
 * A layer of a typed graph: a_t = W_t h_t + b_t + the sum over relations into t of their attention and bias. GAT's destination half
 * is x (W' a), so that destinations are not projected. A relation without edges adds its bias.
 *
 * Shapes: states [nodes of the type, width] by type -> [nodes of the type, heads x channels] by type.
 * Source: kg-gat.md 5.3 (HeteroConv of PyTorch Geometric, summed), 13 (collapsed half).
 * @throws {ShapeError} when a relation names a type without states
 */
export function typedLayer(
  step: Step,
  states: Readonly<Record<string, Tensor>>,
  relations: readonly TypedRelation[],
  selfPaths: Readonly<Record<string, SelfPath>>,
  attributes: Omit<GraphAttentionAttributes, "graph">,
): Record<string, Tensor> {
  for (const { source, destination } of relations) {
    const missing = [source, destination].find((type) => !states[type]);
    if (missing === undefined) continue;
    throw new ShapeError(
      `typedLayer(): a relation from ${source} to ${destination}, and no states of ${missing}; there are ${
        Object.keys(states).join(", ")
      }.`,
    );
  }
  return Object.fromEntries(
    Object.entries(states).map(([type, x]) => {
      const incoming = relations.filter(({ destination }) => destination === type);
      const { weight, bias } = selfPaths[type];
      const attended = incoming.map((relation) => attend(step, states, relation, attributes));
      return [
        type,
        linear(step, {
          x,
          weight,
          bias: sum(step, [bias, ...incoming.map(({ parameters }) => parameters.bias)]),
          residual: attended.length > 0 ? sum(step, attended) : undefined,
        }, {}),
      ];
    }),
  );
}

function sum(step: Step, terms: readonly Tensor[]): Tensor {
  return terms.reduce((a, b) => add(step, { a, b }));
}

function attend(
  step: Step,
  states: Readonly<Record<string, Tensor>>,
  { source, destination, graph, parameters }: TypedRelation,
  shared: Omit<GraphAttentionAttributes, "graph">,
): Tensor {
  const attributes = { ...shared, graph };
  const [xs, xd] = [states[source], states[destination]];
  if (parameters.kind === "gat") {
    const xl = linear(step, { x: xs, weight: parameters.sourceWeight }, {});
    const folded = foldHeads(step, {
      weight: parameters.destinationWeight,
      vector: parameters.destinationVector,
    }, attributes);
    return gatAttention(step, {
      xl,
      sourceLogits: headLogits(step, { x: xl, vector: parameters.sourceVector }, attributes),
      destinationLogits: linear(step, { x: xd, weight: folded }, {}),
    }, attributes);
  }
  const { sourceWeight, sourceBias, destinationWeight, destinationBias, vector } = parameters;
  return gatv2Layer(step, {
    xl: linear(step, { x: xs, weight: sourceWeight, bias: sourceBias }, {}),
    xr: linear(step, { x: xd, weight: destinationWeight, bias: destinationBias }, {}),
    vector,
  }, attributes);
}
