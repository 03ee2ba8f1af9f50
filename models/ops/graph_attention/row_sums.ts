import { mergeSums, segmentSum } from "../../../kernels/graph_attention/graph_attention.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import type { DeviceRows } from "./graph.ts";
import type { HeadGroup } from "./head_sizes.ts";

/** Numbers an edge and head of a group: by themselves, or as the last words of GATv2's records. */
export interface EdgeNumbers {
  readonly tensor: Tensor;
  readonly edges: number;
  /** Words an edge and head; 1 for numbers by themselves. */
  readonly stride: number;
}

/** Records the sums of numbers over rows of edges into a group's columns of `sums` [rows, all heads]. */
export function recordRowSumsOfEdges(
  step: Step,
  rows: DeviceRows,
  { tensor: values, edges, stride }: EdgeNumbers,
  { heads, first }: HeadGroup,
  allHeads: number,
  sums: Tensor,
  indirect: boolean,
): void {
  const part = step.empty([Math.max(64, rows.parts * heads)], "parts of sums over edges");
  const { index, items, itemsAt: items_at, longest, merges, parts, mostParts: most_parts } = rows;
  step.run(segmentSum(heads, indirect, stride > 1), { index, values, sums, part }, {
    items,
    items_at,
    all_heads: allHeads,
    first_head: first,
    stride,
    longest,
    edges,
  });
  if (!merges) return;
  step.run(mergeSums, { merges, part, sums }, {
    merges: merges.shape[0],
    width: heads,
    row: allHeads,
    column: first,
    most_parts,
    parts,
  });
}
