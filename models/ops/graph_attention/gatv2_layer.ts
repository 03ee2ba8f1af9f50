import { mergeRows } from "../../../kernels/graph_attention/graph_attention.ts";
import { attentionRowsV2, recordWords } from "../../../kernels/graph_attention_v2/graph_attention_v2.ts";
import { GpuError, ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import { type Tensor, viewAs } from "../../../engine/tensor.ts";
import type { GraphAttentionAttributes } from "./attributes.ts";
import { gatv2Backward } from "./gatv2_backward.ts";
import type { Gatv2Inputs, Gatv2Saved } from "./gatv2_inputs.ts";
import {
  cropHeads,
  dropoutOf,
  type HeadGroup,
  type HeadSizes,
  headSizes,
  packed,
  padHeads,
} from "./head_sizes.ts";

/**
 * GATv2: the logit is the product of `vector` with leakyRelu(xl_j + xr_i + edge part), so that each destination ranks its neighbours
 * itself; softmax over incoming edges, then the weighted sum of the sources' rows. The backward pass reads signs and logits that the
 * forward pass kept, 12 bytes an edge and head of 64 channels.
 *
 * Shapes: as the inputs say -> [destinations, heads x channels]; a destination without edges gets zeros.
 * Source: arXiv 2105.14491; kg-gat.md 6.2, 6.4.
 * @throws {ShapeError} when shapes disagree with the graph
 * @throws {GpuError} when an array of one head is too large for the adapter
 */
export const gatv2Layer: (step: Step, inputs: Gatv2Inputs, attributes: GraphAttentionAttributes) => Tensor =
  defineOperation<Gatv2Inputs, GraphAttentionAttributes, Gatv2Saved>({
    name: "gatv2_layer",
    forward(step, inputs, attributes) {
      const { graph, heads, slope = 0.2 } = attributes;
      const { sources, destinations, edges, incoming, outgoing } = graph;
      const rows = {
        xl: { tensor: inputs.xl, nodes: sources },
        xr: { tensor: inputs.xr, nodes: destinations },
      };
      // Records, and the two sums by source with their parts.
      const sizes = headSizes(
        step,
        "gatv2Layer",
        rows,
        attributes,
        (quads) =>
          Math.max(
            4 * edges * recordWords(quads),
            32 * quads * (sources + outgoing.parts),
            16 * quads * (destinations + incoming.parts),
          ),
      );
      refuseShapes(inputs, attributes, sizes);
      const { vector, edgeWeight, edgeFeatures, relationBias, keep } = inputs;
      const drop = dropoutOf(step, "gatv2Layer", keep, attributes);
      const { array: edge, at } = packed(step, {
        vector: { tensor: vector, rows: heads },
        weight: { tensor: edgeWeight, rows: heads, quads: sizes.quads * (edgeFeatures?.shape[1] ?? 0) },
        features: { tensor: edgeFeatures, rows: 1 },
        bias: { tensor: relationBias, rows: 1 },
        keep: { tensor: keep, rows: 1 },
      });
      const y = step.empty([destinations, heads, 4 * sizes.quads], "graph attention");
      const parts_at = destinations * heads;
      const xl = padHeads(step, inputs.xl, sizes);
      const saved: Gatv2Saved = {
        sizes,
        values: {
          features: edgeFeatures !== undefined,
          relations: relationBias !== undefined,
          dropout: drop.kind,
        },
        xl,
        xr: inputs.xr === inputs.xl ? xl : padHeads(step, inputs.xr, sizes),
        y,
        lse: step.empty([parts_at + 2 * incoming.parts * sizes.groups[0].heads], "logarithms of sums"),
        edge,
        uniforms: {
          ...drop.uniforms,
          slope,
          weight_at: at.weight,
          features_at: at.features,
          features: edgeFeatures?.shape[1] ?? 0,
          bias_at: at.bias,
          keep_at: at.keep,
        },
        kept: sizes.groups.map((group) =>
          step.empty([Math.max(1, edges), group.heads, recordWords(sizes.quads)], "signs and logits", "u32")
        ),
      };
      sizes.groups.forEach((group, k) =>
        forwardGroup(step, attributes, saved, group, saved.kept[k], parts_at)
      );
      if (!sizes.padded) return { output: viewAs(y, [destinations, heads * sizes.channels]), saved };
      const output = step.empty([destinations, heads * sizes.channels], "graph attention");
      cropHeads(step, y, sizes, output);
      return { output, saved };
    },
    backward: gatv2Backward,
  });

function forwardGroup(
  step: Step,
  { graph: { incoming, edges }, heads: all_heads }: GraphAttentionAttributes,
  { values, xl, xr, edge, y, lse, uniforms }: Gatv2Saved,
  group: HeadGroup,
  kept: Tensor,
  parts_at: number,
): void {
  const { index, items, itemsAt: items_at, longest, merges, parts, mostParts: most_parts } = incoming;
  const place = { all_heads, first_head: group.first, parts_at };
  const part = step.empty([Math.max(1, parts), group.heads, 4 * group.quads], "parts of rows");
  step.run(attentionRowsV2(group, values), { index, xl, xr, edge, y, part, lse, kept }, {
    ...uniforms,
    ...place,
    items,
    items_at,
    longest,
    edges,
  });
  if (!merges) return;
  step.run(mergeRows(group), { merges, part, lse, y }, {
    ...place,
    merges: merges.shape[0],
    most_parts,
    parts,
  });
}

function refuseShapes(
  { vector, edgeWeight, edgeFeatures, relationBias }: Gatv2Inputs,
  { graph: { edges, relations, byRelation }, heads }: GraphAttentionAttributes,
  { channels, groups }: HeadSizes,
): void {
  const width = heads * channels;
  if (vector.size !== width) {
    throw new ShapeError(`gatv2Layer(): vector ${vector} must be [${heads}, ${channels}].`);
  }
  if (relationBias && (relationBias.size !== relations * heads || !byRelation)) {
    throw new ShapeError(
      `gatv2Layer(): relationBias ${relationBias} must be [${relations}, ${heads}], for a graph with relations.`,
    );
  }
  if (!edgeFeatures && !edgeWeight) return;
  const features = edgeFeatures?.shape[1] ?? 0;
  if (edgeFeatures?.size !== edges * features || edgeWeight?.size !== width * features || features === 0) {
    throw new ShapeError(
      `gatv2Layer(): edgeFeatures ${edgeFeatures} and edgeWeight ${edgeWeight} must be [${edges}, features] and ` +
        `[${width}, features].`,
    );
  }
  if (groups.length > 1) {
    throw new GpuError(
      `gatv2Layer(): ${edges} edges with features need all ${heads} heads in one group, and this adapter's bindings hold ` +
        `${groups[0].heads}; use fewer edges, as by sampling neighbours.`,
    );
  }
}
