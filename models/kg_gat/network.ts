import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { gatherRows } from "../../engine/ops/gather_rows.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import type { Lookup } from "../lookup.ts";
import { gatLayer } from "../ops/graph_attention/gat_attention.ts";
import { gatv2Layer } from "../ops/graph_attention/gatv2_layer.ts";
import type { DeviceGraph } from "../ops/graph_attention/graph.ts";
import { typedLayer } from "../ops/graph_attention/typed_layer.ts";
import { type KgGatConfig, relationKey } from "./config.ts";

/** What a pass of the network looks at. */
export interface KgGatInputs {
  /** Features by type, as many tables as the configuration says. */
  readonly features: readonly (readonly Tensor[])[];
  /** By type: which of its learned vectors take part, and the inverse of that; undefined where all do. */
  readonly members: readonly (Members | undefined)[];
  /** All edges in one graph, nodes type by type; of the variant typed one graph a relation, nodes counted within types. */
  readonly graphs: readonly DeviceGraph[];
  /** [2 rows]: places of drug and cell line of each row, one after the other. */
  readonly pairs: Tensor;
  /** Inverse of `pairs`, for the derivative. */
  readonly starts: Tensor;
  readonly users: Tensor;
  /** [rows, genes] */
  readonly basal: Tensor;
  /** [rows, 2] */
  readonly condition: Tensor;
}

/** Rows of a table that take part. */
export interface Members {
  readonly index: Tensor;
  readonly starts: Tensor;
  readonly users: Tensor;
}

// Places of the dropouts, for the counter-based random numbers.
const sites = { states: 1, attention: 32, head: 64 } as const;

/**
 * The network (kg-gat.md 5.2): a projection a type, rounds of attention with a path of each node to itself, the states of drug and
 * cell line with the untreated profile into a head, whose change is added to the profile.
 *
 * Shapes: -> [rows, genes]. Dropout acts when `train`. The head's activation is a ReLU: a choice.
 */
export function kgGat(
  step: Step,
  p: Lookup,
  config: KgGatConfig,
  inputs: KgGatInputs,
  { train }: { readonly train: boolean },
): Tensor {
  const states = nodeStates(step, p, config, inputs, { train });
  const rows = inputs.basal.shape[0];
  const { pairs: index, starts, users, basal, condition } = inputs;
  const both = reshape(step, { x: gatherRows(step, { x: states, index, starts, users }) }, {
    shape: [rows, 2 * config.width],
  });
  const z = concatColumns(step, [both, basal, condition]);
  const hidden = linear(step, { x: z, weight: p("head.0.weight"), bias: p("head.0.bias") }, {
    activation: "relu",
  });
  const dropped = elementwise(step, { x: hidden }, {
    stages: [{ kind: "dropout", rate: train ? config.dropout : 0 }],
    site: sites.head,
  });
  const change = linear(step, { x: dropped, weight: p("head.1.weight"), bias: p("head.1.bias") }, {});
  return config.predicts === "change" ? add(step, { a: basal, b: change }) : change;
}

/** States of all nodes after the last layer, [nodes, width], type by type. */
export function nodeStates(
  step: Step,
  p: Lookup,
  config: KgGatConfig,
  { features, graphs, members }: Pick<KgGatInputs, "features" | "graphs" | "members">,
  { train }: { readonly train: boolean },
): Tensor {
  const { types, layers, variant } = config;
  const inputs = types.map((_, type) => typeInput(step, p, config, type, features[type], members[type]));
  if (variant !== "typed") {
    let h = stacked(step, inputs.filter((x) => x !== undefined), config.width);
    for (let layer = 0; layer < layers; layer++) {
      h = homogeneousLayer(step, p, config, layer, h, graphs[0], train);
    }
    return h;
  }
  let states = Object.fromEntries(
    types.flatMap(({ name }, type) => inputs[type] ? [[name, inputs[type]!]] : []),
  );
  for (let layer = 0; layer < layers; layer++) {
    states = typedBlock(step, p, config, layer, states, graphs, train);
  }
  return stacked(step, Object.values(states), config.width);
}

/** h0 of a type: the sum of what its features are projected to, or the vectors that are learned; undefined without nodes. */
function typeInput(
  step: Step,
  p: Lookup,
  { types, width }: KgGatConfig,
  type: number,
  features: readonly Tensor[],
  members: Members | undefined,
): Tensor | undefined {
  const { name, nodes, learned } = types[type];
  if (nodes === 0) return undefined;
  if (learned) {
    const x = p(`embedding.${name}`);
    return members ? gatherRows(step, { x, ...members }) : x;
  }
  const bias = p(`input.${name}.bias`);
  if (features.length === 0) {
    // Nothing is known of these nodes but their type: all begin alike.
    const rows = broadcastAdd(step, { sample: reshape(step, { x: bias }, { shape: [1, width] }) }, {
      samples: 1,
      items: nodes,
    });
    return reshape(step, { x: rows }, { shape: [nodes, width] });
  }
  return features.reduce<Tensor | undefined>(
    (sum, x, k) =>
      linear(
        step,
        { x, weight: p(`input.${name}.${k}.weight`), ...(sum ? { residual: sum } : { bias }) },
        {},
      ),
    undefined,
  )!;
}

/** Tables below one another: rows of width d are columns of one long row. */
function stacked(step: Step, tables: readonly Tensor[], width: number): Tensor {
  if (tables.length === 1) return tables[0];
  const rows = tables.reduce((sum, { shape }) => sum + shape[0], 0);
  const flat = tables.map((x) => reshape(step, { x }, { shape: [1, x.size] }));
  return reshape(step, { x: concatColumns(step, flat) }, { shape: [rows, width] });
}

function homogeneousLayer(
  step: Step,
  p: Lookup,
  { scoring, heads, variant, dropout, attentionDropout }: KgGatConfig,
  layer: number,
  x: Tensor,
  graph: DeviceGraph,
  train: boolean,
): Tensor {
  const key = (name: string) => p(`conv.${layer}.${name}`);
  const attributes = {
    graph,
    heads,
    ...(train && attentionDropout > 0
      ? { dropout: { rate: attentionDropout, site: sites.attention + layer } }
      : {}),
  };
  const relationBias = variant === "relation-bias" ? key("relation_bias") : undefined;
  const attended = () => {
    if (scoring === "gat") {
      const xl = linear(step, { x, weight: key("lin.weight") }, {});
      return gatLayer(step, {
        xl,
        xr: xl,
        sourceVector: key("att_src"),
        destinationVector: key("att_dst"),
        relationBias,
      }, attributes);
    }
    return gatv2Layer(step, {
      xl: linear(step, { x, weight: key("lin_l.weight"), bias: key("lin_l.bias") }, {}),
      xr: linear(step, { x, weight: key("lin_r.weight"), bias: key("lin_r.bias") }, {}),
      vector: key("att"),
      relationBias,
    }, attributes);
  };
  const a = linear(step, {
    x,
    weight: p(`self.${layer}.weight`),
    bias: p(`self.${layer}.bias`),
    // A graph without edges has no messages.
    ...(graph.edges > 0 ? { residual: attended() } : {}),
  }, {});
  return closed(step, p, `norm.${layer}`, a, train ? dropout : 0, sites.states + layer);
}

function typedBlock(
  step: Step,
  p: Lookup,
  { scoring, heads, relations, types, dropout, attentionDropout }: KgGatConfig,
  layer: number,
  states: Readonly<Record<string, Tensor>>,
  graphs: readonly DeviceGraph[],
  train: boolean,
): Record<string, Tensor> {
  const there = relations.map((relation, number) => ({ relation, graph: graphs[number] }))
    .filter(({ relation: { source, destination } }) => states[source] && states[destination]);
  const sums = typedLayer(
    step,
    states,
    there.map(({ relation, graph }) => {
      const key = (name: string) => p(`conv.${layer}.${relationKey(relation)}.${name}`);
      const { source, destination } = relation;
      return {
        source,
        destination,
        graph,
        parameters: scoring === "gat"
          ? {
            kind: "gat",
            sourceWeight: key("lin_src.weight"),
            destinationWeight: key("lin_dst.weight"),
            sourceVector: key("att_src"),
            destinationVector: key("att_dst"),
            bias: key("bias"),
          }
          : {
            kind: "gatv2",
            sourceWeight: key("lin_l.weight"),
            sourceBias: key("lin_l.bias"),
            destinationWeight: key("lin_r.weight"),
            destinationBias: key("lin_r.bias"),
            vector: key("att"),
            bias: key("bias"),
          },
      };
    }),
    Object.fromEntries(
      Object.keys(states).map((type) => [type, {
        weight: p(`self.${layer}.${type}.weight`),
        bias: p(`self.${layer}.${type}.bias`),
      }]),
    ),
    { heads, ...(train && attentionDropout > 0 ? { dropout: { rate: attentionDropout } } : {}) },
  );
  return Object.fromEntries(
    types.flatMap(({ name }) =>
      sums[name] ? [[name, closed(step, p, `norm.${layer}.${name}`, sums[name], train ? dropout : 0)]] : []
    ),
  );
}

/** ELU(LayerNorm(a)), dropout. */
function closed(step: Step, p: Lookup, norm: string, a: Tensor, dropout: number, site?: number): Tensor {
  const normed = layerNorm(step, { x: a, scale: p(`${norm}.weight`), shift: p(`${norm}.bias`) }, {
    kind: "torch",
  });
  return elementwise(step, { x: normed }, {
    stages: [{ kind: "elu" }, { kind: "dropout", rate: dropout }],
    site,
  });
}
