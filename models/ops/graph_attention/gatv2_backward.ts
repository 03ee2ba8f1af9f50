import { rowStatistics } from "../../../kernels/graph_attention/graph_attention.ts";
import { weightedSum } from "../../../kernels/graph_attention/head_logits.ts";
import {
  applyVector,
  attentionColumnsV2,
  destinationSums,
  edgesOfSum,
  featureGradient,
  featureSums,
  finishFeatures,
  mergeQuads,
  recordWords,
} from "../../../kernels/graph_attention_v2/graph_attention_v2.ts";
import { copyColumns } from "../../../kernels/columns/columns.ts";
import { cutSum } from "../../../engine/cut.ts";
import type { BackwardCall } from "../../../engine/operation.ts";
import { sumColumns } from "../../../engine/ops/sum_rows.ts";
import { zero } from "../../../engine/ops/zero.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import type { GraphAttentionAttributes } from "./attributes.ts";
import type { Gatv2Inputs, Gatv2Saved } from "./gatv2_inputs.ts";
import type { DeviceRows } from "./graph.ts";
import { cropHeads, type HeadGroup, padHeads } from "./head_sizes.ts";
import { nodesOfSum } from "./head_logits.ts";
import { recordRowSumsOfEdges } from "./row_sums.ts";

type Call = BackwardCall<Gatv2Inputs, GraphAttentionAttributes, Gatv2Saved>;

/**
 * Derivative of `gatv2Layer`, with A = sum of weights times dy and D = sum of dz leakyRelu'(w) by source, R the same sum by destination:
 * dxl = A + vector D, dxr = vector R, dvector = sum of xl D + sum of xr R (+ what edges add): one wide gather, of dy.
 */
export function gatv2Backward(step: Step, call: Call): void {
  const { attributes: { graph, heads }, saved: { sizes, xl, xr }, gradient } = call;
  const wanted = {
    xl: gradient("xl"),
    xr: gradient("xr"),
    vector: gradient("vector"),
    bias: gradient("relationBias"),
    features: gradient("edgeFeatures"),
    weight: gradient("edgeWeight"),
  };
  if (Object.values(wanted).every((tensor) => tensor === undefined)) return;
  const padded = (tensor: Tensor | undefined, nodes: number) =>
    tensor && sizes.padded ? step.empty([nodes, heads, 4 * sizes.quads], "padded gradient") : tensor;
  const into = { xl: padded(wanted.xl, graph.sources), xr: padded(wanted.xr, graph.destinations) };
  const dy = padHeads(step, call.dy, sizes);
  const vectorRows = wanted.vector && vectorSums(step, call);
  sizes.groups.forEach((group, k) => {
    const kept = call.saved.kept[k];
    const bySource = recordSourceSums(step, call, group, kept, dy);
    const byDestination = (into.xr || vectorRows) && recordDestinationSums(step, call, group, kept);
    spread(step, call, group, bySource, into.xl, true);
    if (byDestination) spread(step, call, group, byDestination, into.xr, false);
    if (vectorRows && byDestination) {
      vectorRows.add(group, xl, bySource, true);
      vectorRows.add(group, xr, byDestination, false);
    }
    if (wanted.bias && graph.byRelation) {
      const numbers = { tensor: kept, edges: graph.edges, stride: recordWords(sizes.quads) };
      recordRowSumsOfEdges(step, graph.byRelation, numbers, group, heads, wanted.bias, true);
    }
  });
  if (sizes.padded && into.xl && wanted.xl) cropHeads(step, into.xl, sizes, wanted.xl);
  if (sizes.padded && into.xr && wanted.xr) cropHeads(step, into.xr, sizes, wanted.xr);
  if (wanted.features) recordFeatureGradient(step, call, wanted.features);
  const dvector = vectorRows?.sum();
  if (call.saved.values.features && (wanted.weight || dvector)) {
    recordWeightGradient(step, call, wanted.weight, dvector);
  }
  if (wanted.vector && dvector) cropHeads(step, dvector, sizes, wanted.vector);
}

/** A and D side by side, [sources, heads, 2, channels], with the gradients of the logits left in the records. */
function recordSourceSums(
  step: Step,
  { attributes: { graph: { sources, destinations, edges, outgoing }, heads: all_heads }, saved }: Call,
  group: HeadGroup,
  kept: Tensor,
  dy: Tensor,
): Tensor {
  const { xl, y, lse, edge, values, uniforms: { site, rate, slope, layer_heads, layer_first, keep_at } } =
    saved;
  const { heads, quads, first: first_head } = group;
  const statistics = step.empty([destinations, heads, 4], "row statistics");
  const unread = step.unread();
  const nothing = { source_logits: unread, destination_logits: unread };
  step.run(rowStatistics(group, false), { dy, y, lse, statistics, ...nothing }, {
    nodes: destinations,
    destinations,
    sources,
    all_heads,
    first_head,
  });
  const sums = step.empty([sources + outgoing.parts, heads, 8 * quads], "sums by source");
  const parts_at = sources * heads * 2 * quads;
  const { index, items, itemsAt: items_at, longest } = outgoing;
  step.run(attentionColumnsV2(group, values.dropout), { index, xl, dy, statistics, edge, kept, sums }, {
    items,
    items_at,
    all_heads,
    first_head,
    parts_at,
    keep_at,
    site,
    layer_heads,
    layer_first,
    slope,
    rate,
    longest,
    edges,
  });
  recordMerge(step, outgoing, sums, parts_at, 2 * heads * quads);
  return sums;
}

/** R, [destinations, heads, channels]. */
function recordDestinationSums(
  step: Step,
  { attributes: { graph: { destinations, edges, incoming } }, saved: { uniforms: { slope } } }: Call,
  group: HeadGroup,
  kept: Tensor,
): Tensor {
  const { heads, quads } = group;
  const sums = step.empty([destinations + incoming.parts, heads, 4 * quads], "sums by destination");
  const parts_at = destinations * heads * quads;
  const { index, items, itemsAt: items_at, longest } = incoming;
  const sizes = { items, items_at, parts_at, slope, longest, edges };
  step.run(destinationSums(group), { index, kept, sums }, sizes);
  recordMerge(step, incoming, sums, parts_at, heads * quads);
  return sums;
}

function recordMerge(
  step: Step,
  { merges, parts, mostParts: most_parts }: DeviceRows,
  sums: Tensor,
  parts_at: number,
  width: number,
): void {
  if (!merges) return;
  step.run(mergeQuads, { merges, sums }, { merges: merges.shape[0], width, parts_at, most_parts, parts });
}

/** A group's part of a gradient of rows. */
function spread(
  step: Step,
  { attributes: { graph, heads: all_heads }, saved: { edge: vector } }: Call,
  group: HeadGroup,
  sums: Tensor,
  dx: Tensor | undefined,
  messages: boolean,
): void {
  if (!dx) return;
  const nodes = messages ? graph.sources : graph.destinations;
  // The vector begins the packed array.
  step.run(applyVector(group, messages), { sums, vector, dx }, { nodes, all_heads, first_head: group.first });
}

/** Collects the vector's gradient: sums by chunk of nodes, of x times D for sources and of x times R for destinations. */
function vectorSums(step: Step, { attributes: { graph, heads }, saved: { sizes } }: Call) {
  const channels = 4 * sizes.quads;
  const width = heads * channels;
  const [bySource, byDestination] = [
    cutSum(graph.sources, nodesOfSum),
    cutSum(graph.destinations, nodesOfSum),
  ];
  const rows = bySource.pieces + byDestination.pieces;
  const sums = step.empty([rows, width], "d(vector) by chunk");
  return {
    /** A group's sums of one side; D has messages beside it. */
    add(group: HeadGroup, x: Tensor, weights: Tensor, messages: boolean) {
      const { each: chunk, pieces: chunks } = messages ? bySource : byDestination;
      const from = group.first * channels;
      step.run(weightedSum(messages ? "second" : "channels"), { x, weights, sums }, {
        rows: messages ? graph.sources : graph.destinations,
        heads: group.heads,
        channels,
        chunk,
        chunks,
        x_row: width,
        x_from: from,
        w_row: (messages ? 2 : 1) * group.heads * channels,
        w_from: messages ? channels : 0,
        s_row: width,
        s_from: from,
        to: messages ? 0 : bySource.pieces,
      });
    },
    /** The gradient, heads padded. */
    sum(): Tensor {
      const dvector = step.empty([width], "d(vector), heads padded");
      sumColumns(step, sums, rows, width, dvector);
      return dvector;
    },
  };
}

/** Gradient of the features' weight, where it is wanted, and what the features add to that of the vector. */
function recordWeightGradient(
  step: Step,
  { attributes: { graph: { edges } }, saved: { sizes, edge, kept, uniforms } }: Call,
  dweight: Tensor | undefined,
  dvector: Tensor | undefined,
): void {
  const [group] = sizes.groups;
  const { features, features_at, weight_at, slope } = uniforms;
  const width = 4 * group.heads * group.quads * features;
  const { each: chunk, pieces: chunks } = cutSum(edges, edgesOfSum);
  const byChunk = step.empty([chunks, width], "features times gradients by chunk");
  const counts = { edges, features, features_at, chunk, chunks, slope };
  step.run(featureSums(group), { kept: kept[0], edge, sums: byChunk }, counts);
  const sums = step.empty([width], "features times gradients");
  sumColumns(step, byChunk, chunks, width, sums);
  const padded = step.empty([width], "d(edge weight), heads padded");
  const into = dvector ?? unwanted(step, width / features);
  step.run(finishFeatures(group), { sums, edge, dweight: padded, dvector: into }, { features, weight_at });
  if (!dweight) return;
  const row = sizes.channels * features;
  const places = { x_row: width / group.heads, x_from: 0, y_row: row, y_to: 0 };
  step.run(copyColumns, { x: padded, y: dweight }, { rows: group.heads, width: row, ...places });
}

/** Zeros that something is added to which nobody reads. */
function unwanted(step: Step, size: number): Tensor {
  const tensor = step.empty([size], "unwanted gradient");
  zero(step, tensor);
  return tensor;
}

function recordFeatureGradient(
  step: Step,
  { attributes: { graph: { edges } }, saved: { sizes, edge, kept, uniforms } }: Call,
  dfeatures: Tensor,
): void {
  const { features, weight_at, slope } = uniforms;
  const sizesOfRun = { edges, features, weight_at, slope };
  step.run(featureGradient(sizes.groups[0]), { kept: kept[0], edge, dfeatures }, sizesOfRun);
}
