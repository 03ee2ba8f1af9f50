import { type Kernel, linearGrid, loop } from "../descriptor.ts";
import {
  constantsCode,
  gathered,
  type GraphAttentionShape,
  graphDropoutCodes,
  type GraphDropoutKind,
  laneIterations,
  overItems,
  sharedOut,
  stagedEdges,
} from "../graph_attention/graph_attention.ts";
import edgesCode from "../graph_attention/edges.wgsl" with { type: "text" };
import keepCode from "../graph_attention/keep.wgsl" with { type: "text" };
import { unrolled } from "../graph_attention/unrolled.ts";
import applyVectorCode from "./apply_vector.wgsl" with { type: "text" };
import columnCode from "./column.wgsl" with { type: "text" };
import columnLanesCode from "./column_lanes.wgsl" with { type: "text" };
import destinationSumsCode from "./destination_sums.wgsl" with { type: "text" };
import edgeWeightsCode from "./edge_weights.wgsl" with { type: "text" };
import featureGradientCode from "./feature_gradient.wgsl" with { type: "text" };
import featureSumsCode from "./feature_sums.wgsl" with { type: "text" };
import finishFeaturesCode from "./finish_features.wgsl" with { type: "text" };
import mergeQuadsCode from "./merge_quads.wgsl" with { type: "text" };
import rowCode from "./row.wgsl" with { type: "text" };
import rowLanesCode from "./row_lanes.wgsl" with { type: "text" };
import signsCode from "./signs.wgsl" with { type: "text" };

/** What is there beside the rows of nodes. */
export interface Gatv2EdgeValues {
  /** Edge features. */
  readonly features: boolean;
  /** A bias by relation. */
  readonly relations: boolean;
  readonly dropout: GraphDropoutKind;
}

/** Words that are kept of an edge and head: a bit a channel, and the logit. */
export function recordWords(quads: number): number {
  return Math.ceil(quads / 8) + 1;
}

const kept = ({ heads, quads }: Omit<GraphAttentionShape, "form">) => 4 * heads * recordWords(quads);

/** Output rows, the logarithms of their sums, and a record an edge and head. */
export function attentionRowsV2(shape: GraphAttentionShape, values: Gatv2EdgeValues): Kernel {
  const { heads, quads, form } = shape;
  const width = heads * quads * 4;
  const constants = {
    FEATURES: values.features ? 1 : 0,
    RELATIONS: values.relations ? 1 : 0,
    DROP: graphDropoutCodes[values.dropout],
  };
  const parts = [signsCode, edgeWeightsCode, keepCode, form === "thread" ? rowCode : rowLanesCode];
  const words = recordWords(quads) - 1;
  return overItems("graph_attention_v2_row", shape, parts, constants, {
    flops: ({ edges, features }) => edges * (width * (7 + 2 * features) + 10 * heads),
    bytes: (sizes) =>
      gathered(shape, sizes) + sizes.edges * (4 + kept(shape) + 4 * sizes.features) +
      sizes.items * (16 + 8 * width + 8 * heads),
    iterations: ({ longest, features }) => {
      const part = values.features ? loop(features) : 0;
      return form === "thread" ? loop(longest, quads * part) : laneIterations(
        shape,
        longest,
        stagedEdges,
        stagedEdges * part + sharedOut(shape, loop(words, loop(Math.min(8, quads)))),
      );
    },
  });
}

/** The two sums by source, and the gradients of the logits in the place of the logits. */
export function attentionColumnsV2(shape: GraphAttentionShape, dropout: GraphDropoutKind): Kernel {
  const { heads, quads, form } = shape;
  const width = heads * quads * 4;
  const parts = [signsCode, keepCode, form === "thread" ? columnCode : columnLanesCode];
  return overItems("graph_attention_v2_column", shape, parts, { DROP: graphDropoutCodes[dropout] }, {
    flops: ({ edges }) => edges * (6 * width + 8 * heads),
    bytes: (sizes) =>
      gathered(shape, sizes) + sizes.edges * (8 + 20 * heads + kept(shape)) + sizes.items * (16 + 12 * width),
    iterations: ({ longest }) =>
      form === "thread" ? loop(longest) : laneIterations(shape, longest, stagedEdges, sharedOut(shape)),
  });
}

/** The sum by destination: software takes a head's quads in one thread, GPUs four at a time. */
export function destinationSums({ heads, quads, form }: GraphAttentionShape): Kernel {
  const span = form === "thread" || quads % 4 !== 0 ? quads : 4;
  const constants = constantsCode({ HEADS: heads, QUADS: quads, SPAN: span });
  return {
    name: "graph_attention_v2_destination_sums",
    code: unrolled([constants, edgesCode, signsCode, destinationSumsCode].join("\n"), { s: span }),
    workgroups: ({ items }) => linearGrid(items * heads * (quads / span), 64),
    flops: ({ edges }) => 8 * edges * heads * quads,
    bytes: ({ edges, items }) => edges * kept({ heads, quads }) + items * 16 * (1 + heads * quads),
    iterations: ({ longest }) => loop(longest),
  };
}

/** Adds up the parts of split rows behind the rows. */
export const mergeQuads: Kernel = {
  name: "graph_attention_v2_merge",
  code: mergeQuadsCode,
  workgroups: ({ merges, width }) => linearGrid(merges * width, 64),
  flops: ({ parts, width }) => 4 * parts * width,
  bytes: ({ parts, merges, width }) => 16 * (parts + merges) * width,
  iterations: ({ most_parts: parts }) => loop(parts),
};

/** Gradients of rows: of the sources, whose sums have `messages` beside them, or of the destinations. */
export function applyVector({ heads, quads }: Omit<GraphAttentionShape, "form">, messages: boolean): Kernel {
  return {
    name: "graph_attention_v2_apply_vector",
    code: `${constantsCode({ HEADS: heads, QUADS: quads, MESSAGES: messages ? 1 : 0 })}${applyVectorCode}`,
    workgroups: ({ nodes }) => linearGrid(nodes * heads * quads, 64),
    flops: ({ nodes }) => (messages ? 8 : 4) * nodes * heads * quads,
    bytes: ({ nodes }) => 16 * (messages ? 3 : 2) * nodes * heads * quads,
    iterations: () => 0,
  };
}

/** Gradient of the edge features; of all heads at once. */
export function featureGradient({ heads, quads }: Omit<GraphAttentionShape, "form">): Kernel {
  const constants = constantsCode({ HEADS: heads, QUADS: quads });
  return {
    name: "graph_attention_v2_feature_gradient",
    code: [constants, edgesCode, signsCode, featureGradientCode].join("\n"),
    workgroups: ({ edges, features }) => linearGrid(edges * features, 64),
    flops: ({ edges, features }) => 16 * edges * features * heads * quads,
    bytes: ({ edges, features }) => edges * (kept({ heads, quads }) + 4 * features),
    iterations: () => loop(heads, loop(quads, loop(4))),
  };
}

/** Edges that one thread of the sums over features adds up, at least. */
export const edgesOfSum = 256;

/** Sums over chunks of edges that the gradients of the features' weight and of the vector are made of; of all heads at once. */
export function featureSums({ heads, quads }: Omit<GraphAttentionShape, "form">): Kernel {
  const constants = constantsCode({ HEADS: heads, QUADS: quads });
  return {
    name: "graph_attention_v2_feature_sums",
    code: [constants, edgesCode, signsCode, featureSumsCode].join("\n"),
    workgroups: ({ chunks, features }) => linearGrid(chunks * heads * quads * 4 * features, 64),
    flops: ({ edges, features }) => 12 * edges * features * heads * quads,
    bytes: ({ edges, features }) => edges * (kept({ heads, quads }) + 4 * features),
    iterations: ({ chunk }) => loop(chunk),
  };
}

/** Gradient of the features' weight, and their part of the vector's. */
export function finishFeatures({ heads, quads }: Omit<GraphAttentionShape, "form">): Kernel {
  return {
    name: "graph_attention_v2_finish_features",
    code: `${constantsCode({ HEADS: heads, QUADS: quads })}${finishFeaturesCode}`,
    workgroups: () => [Math.ceil(heads * quads / 16), 1, 1],
    flops: ({ features }) => 12 * features * heads * quads,
    bytes: ({ features }) => 48 * features * heads * quads,
    iterations: ({ features }) => loop(features),
  };
}
