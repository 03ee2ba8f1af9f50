import {
  attentionColumns,
  attentionRows,
  type EdgeValues,
  mergeColumns,
  mergeRows,
  rowStatistics,
} from "../../../kernels/graph_attention/graph_attention.ts";
import { copyColumns } from "../../../kernels/columns/columns.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { type BackwardCall, defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import { type Tensor, viewAs } from "../../../engine/tensor.ts";
import type { GraphAttentionAttributes } from "./attributes.ts";
import {
  cropHeads,
  dropoutOf,
  type HeadGroup,
  type HeadSizes,
  headSizes,
  packed,
  padHeads,
} from "./head_sizes.ts";
import { headLogits } from "./head_logits.ts";
import { recordRowSumsOfEdges } from "./row_sums.ts";

/** Inputs of GAT attention with the two halves of the logits made elsewhere: the destinations' often by `foldHeads`. */
export type GatAttentionInputs = {
  /** [sources, heads x channels]: projected sources, the messages. */
  xl: Tensor;
  /** [sources, heads]. */
  sourceLogits: Tensor;
  /** [destinations, heads]. */
  destinationLogits: Tensor;
  /** [relations, heads]: added to the logit of each edge of the relation, before the leaky ReLU. */
  relationBias?: Tensor;
  /** [edges, heads] in the order of slots: added to the logits, before the leaky ReLU. */
  edgeLogits?: Tensor;
  /** [edges, heads] in the order of slots, 0 or 1: a dropout mask that is given; divided by 1 - `dropout.rate`. */
  keep?: Tensor;
};

/** Inputs of a GAT layer. */
export type GatInputs = Pick<GatAttentionInputs, "xl" | "relationBias" | "edgeLogits" | "keep"> & {
  /** [destinations, heads x channels]: projected destinations; `xl` where both sides are the same nodes and weights. */
  xr: Tensor;
  /** [heads, channels], or any shape of that size: attention vector of the source side. */
  sourceVector: Tensor;
  /** The same of the destination side. */
  destinationVector: Tensor;
};

interface Saved {
  readonly sizes: HeadSizes;
  readonly values: EdgeValues;
  /** xl and output, heads padded. */
  readonly xl: Tensor;
  readonly y: Tensor;
  /** Logarithms of the rows' sums, [destinations, heads], then what merging needs. */
  readonly lse: Tensor;
  /** Biases, logits and mask, packed. */
  readonly edge: Tensor;
  readonly uniforms: Readonly<Record<string, number>>;
}

/**
 * GAT with the halves of the logits given: softmax over each destination's incoming edges of leakyRelu(s_j + t_i + what the edge
 * adds), then the weighted sum of the sources' rows. Nothing of the size edges x channels is made; rows of any length are right.
 *
 * Shapes: as the inputs say -> [destinations, heads x channels]; a destination without edges gets zeros. Source: kg-gat.md 6.1, 6.4.
 * @throws {ShapeError} when shapes disagree with the graph
 * @throws {GpuError} when an array of one head is too large for the adapter
 */
export const gatAttention: (
  step: Step,
  inputs: GatAttentionInputs,
  attributes: GraphAttentionAttributes,
) => Tensor = defineOperation<GatAttentionInputs, GraphAttentionAttributes, Saved>({
  name: "gat_attention",
  forward(step, inputs, attributes) {
    const { graph, heads, slope = 0.2 } = attributes;
    const { relationBias, edgeLogits, keep } = inputs;
    const { incoming, outgoing, sources, destinations, edges } = graph;
    // The gradients of a group's logits, their sums by source and those of parts lie in one array.
    const sizes = headSizes(
      step,
      "gatAttention",
      { xl: { tensor: inputs.xl, nodes: sources } },
      attributes,
      (quads) =>
        Math.max(
          4 * (edges + sources + outgoing.parts),
          16 * quads * Math.max(incoming.parts, outgoing.parts),
        ),
    );
    refuseShapes(inputs, attributes);
    const drop = dropoutOf(step, "gatAttention", keep, attributes);
    const values = {
      relations: relationBias !== undefined,
      logits: edgeLogits !== undefined,
      dropout: drop.kind,
    };
    // The biases come first: kernels find them at the beginning.
    const { array: edge, at } = packed(step, {
      relations: { tensor: relationBias, rows: 1 },
      logits: { tensor: edgeLogits, rows: 1 },
      keep: { tensor: keep, rows: 1 },
    });
    const uniforms = { ...drop.uniforms, slope, logits_at: at.logits, keep_at: at.keep };
    const xl = padHeads(step, inputs.xl, sizes);
    const y = step.empty([destinations, heads, 4 * sizes.quads], "graph attention");
    const parts_at = destinations * heads;
    const lse = step.empty([parts_at + 2 * incoming.parts * sizes.groups[0].heads], "logarithms of sums");
    const saved: Saved = { sizes, values, xl, y, lse, edge, uniforms };
    for (const group of sizes.groups) forwardGroup(step, inputs, attributes, saved, group, parts_at);
    if (!sizes.padded) return { output: viewAs(y, [destinations, heads * sizes.channels]), saved };
    const output = step.empty([destinations, heads * sizes.channels], "graph attention");
    cropHeads(step, y, sizes, output);
    return { output, saved };
  },
  backward(step, call) {
    const { attributes: { graph, heads }, inputs, saved: { sizes }, gradient } = call;
    const wanted = {
      xl: gradient("xl"),
      source: gradient("sourceLogits"),
      destination: gradient("destinationLogits"),
      bias: gradient("relationBias"),
      logits: gradient("edgeLogits"),
    };
    if (Object.values(wanted).every((tensor) => tensor === undefined)) return;
    const whole = () => step.empty([graph.sources, heads, 4 * sizes.quads], `d(${inputs.xl.label})`);
    const dxl = sizes.padded || !wanted.xl ? whole() : wanted.xl;
    const dy = padHeads(step, call.dy, sizes);
    for (const group of sizes.groups) backwardGroup(step, call, group, dy, dxl, wanted);
    if (sizes.padded && wanted.xl) cropHeads(step, dxl, sizes, wanted.xl);
  },
});

/**
 * GAT: the halves of the logits are products of each side's rows with its attention vectors.
 *
 * Shapes: as the inputs say -> [destinations, heads x channels]. Source: arXiv 1710.10903, as PyTorch Geometric's GATConv before
 * it joins heads and adds residual and bias.
 * @throws {ShapeError} when shapes disagree with the graph
 */
export function gatLayer(step: Step, inputs: GatInputs, attributes: GraphAttentionAttributes): Tensor {
  const { xr, sourceVector, destinationVector, ...rest } = inputs;
  return gatAttention(step, {
    ...rest,
    sourceLogits: headLogits(step, { x: rest.xl, vector: sourceVector }, attributes),
    destinationLogits: headLogits(step, { x: xr, vector: destinationVector }, attributes),
  }, attributes);
}

type Call = BackwardCall<GatAttentionInputs, GraphAttentionAttributes, Saved>;

function forwardGroup(
  step: Step,
  { sourceLogits, destinationLogits }: GatAttentionInputs,
  { graph: { incoming, edges }, heads }: GraphAttentionAttributes,
  { values, xl, y, lse, edge, uniforms }: Saved,
  group: HeadGroup,
  parts_at: number,
): void {
  const { index, items, itemsAt: items_at, longest, merges, parts, mostParts: most_parts } = incoming;
  const place = { all_heads: heads, first_head: group.first, parts_at };
  const part = step.empty([Math.max(1, parts), group.heads, 4 * group.quads], "parts of rows");
  step.run(attentionRows(group, values), {
    index,
    xl,
    source_logits: sourceLogits,
    destination_logits: destinationLogits,
    edge,
    y,
    part,
    lse,
  }, { ...uniforms, ...place, items, items_at, longest, edges });
  if (!merges) return;
  step.run(mergeRows(group), { merges, part, lse, y }, {
    ...place,
    merges: merges.shape[0],
    most_parts,
    parts,
  });
}

function backwardGroup(
  step: Step,
  { inputs, attributes, saved }: Call,
  group: HeadGroup,
  dy: Tensor,
  dxl: Tensor,
  wanted: Readonly<Record<"source" | "destination" | "bias" | "logits", Tensor | undefined>>,
): void {
  const { graph: { sources, destinations, edges, incoming, outgoing, byRelation }, heads: all_heads } =
    attributes;
  const { values, xl, y, lse, edge, uniforms } = saved;
  const { heads, first: first_head } = group;
  const nodes = Math.max(sources, destinations);
  const statistics = step.empty([nodes, heads, 4], "row statistics");
  const { sourceLogits: source_logits, destinationLogits: destination_logits } = inputs;
  step.run(rowStatistics(group, true), { dy, y, source_logits, destination_logits, lse, statistics }, {
    nodes,
    destinations,
    sources,
    all_heads,
    first_head,
  });
  const sums_at = edges * heads;
  const parts_at = sums_at + sources * heads;
  const small = step.empty([parts_at + outgoing.parts * heads], "d(logits), and their sums by source");
  const part = step.empty([Math.max(1, outgoing.parts), heads, 4 * group.quads], "parts of columns");
  const { index, items, itemsAt: items_at, longest, merges, parts, mostParts: most_parts } = outgoing;
  const place = { all_heads, first_head, sums_at, parts_at };
  step.run(attentionColumns(group, values), { index, xl, dy, statistics, edge, small, dxl, part }, {
    ...uniforms,
    ...place,
    items,
    items_at,
    longest,
    edges,
  });
  if (merges) {
    step.run(mergeColumns(group), { merges, part, small, dxl }, {
      ...place,
      merges: merges.shape[0],
      most_parts,
      parts,
    });
  }
  const columns = (into: Tensor | undefined, rows: number, x_from: number) => {
    const sizes = { rows, width: heads, x_row: heads, x_from, y_row: all_heads, y_to: first_head };
    if (into) step.run(copyColumns, { x: small, y: into }, sizes);
  };
  columns(wanted.source, sources, sums_at);
  columns(wanted.logits, edges, 0);
  const numbers = { tensor: small, edges, stride: 1 };
  if (wanted.destination) {
    recordRowSumsOfEdges(step, incoming, numbers, group, all_heads, wanted.destination, false);
  }
  if (wanted.bias && byRelation) {
    recordRowSumsOfEdges(step, byRelation, numbers, group, all_heads, wanted.bias, true);
  }
}

function refuseShapes(
  { sourceLogits, destinationLogits, relationBias, edgeLogits }: GatAttentionInputs,
  { graph: { sources, destinations, edges, relations, byRelation }, heads }: GraphAttentionAttributes,
): void {
  const expected = {
    sourceLogits: sources,
    destinationLogits: destinations,
    relationBias: relations,
    edgeLogits: edges,
  };
  const given = { sourceLogits, destinationLogits, relationBias, edgeLogits };
  for (const [name, tensor] of Object.entries(given)) {
    const rows = expected[name as keyof typeof expected];
    if (!tensor || tensor.size === rows * heads) continue;
    throw new ShapeError(`gatAttention(): ${name} ${tensor} must be [${rows}, ${heads}] for this graph.`);
  }
  if (relationBias && !byRelation) {
    throw new ShapeError("gatAttention(): relationBias is given, but the graph was made without relations.");
  }
}
