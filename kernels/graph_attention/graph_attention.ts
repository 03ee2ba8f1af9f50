import { type Kernel, linearGrid, loop, type Uniforms } from "../descriptor.ts";
import { randomCode } from "../random/random.ts";
import columnCode from "./column.wgsl" with { type: "text" };
import columnLanesCode from "./column_lanes.wgsl" with { type: "text" };
import edgeValuesCode from "./edge_values.wgsl" with { type: "text" };
import edgesCode from "./edges.wgsl" with { type: "text" };
import keepCode from "./keep.wgsl" with { type: "text" };
import mergeColumnsCode from "./merge_columns.wgsl" with { type: "text" };
import mergeRowsCode from "./merge_rows.wgsl" with { type: "text" };
import mergeSumsCode from "./merge_sums.wgsl" with { type: "text" };
import rowCode from "./row.wgsl" with { type: "text" };
import rowLanesCode from "./row_lanes.wgsl" with { type: "text" };
import rowStatisticsCode from "./row_statistics.wgsl" with { type: "text" };
import segmentSumCode from "./segment_sum.wgsl" with { type: "text" };
import { unrolled } from "./unrolled.ts";

/**
 * How work is spread: "thread" gives a work item and head to one thread, with all quads of the head in registers: the form for
 * software. "lanes" gives each quad a lane: on GPUs the other form spills.
 */
export type GraphAttentionForm = "thread" | "lanes";

/** What the kernels over edges are specialised for. */
export interface GraphAttentionShape {
  /** Heads that are worked on together: all of the layer, or a group of them. */
  readonly heads: number;
  /** Quads of a head's channels. */
  readonly quads: number;
  readonly form: GraphAttentionForm;
}

/** What is there beside the rows of nodes. */
export interface EdgeValues {
  /** A bias by relation. */
  readonly relations: boolean;
  /** A logit by edge. */
  readonly logits: boolean;
  readonly dropout: GraphDropoutKind;
}

/** No dropout; drawn in the kernels; or a mask that is given. */
export type GraphDropoutKind = "none" | "drawn" | "given";

/** The numbers that the WGSL knows them by. */
export const graphDropoutCodes = { none: 0, drawn: 1, given: 2 } as const;

/** Threads of a workgroup of lanes at most: what every adapter has. */
export const mostLanes = 256;

/** Edges that the kernels of lanes hold in registers at a time. */
export const stagedEdges = 4;

/** Work items of a workgroup of lanes: about 256 lanes, eight items at most. */
export function itemsOfGroup({ heads, quads }: Pick<GraphAttentionShape, "heads" | "quads">): number {
  return Math.max(1, Math.min(8, Math.floor(mostLanes / (heads * quads))));
}

/** Text of constants in front of a kernel. */
export function constantsCode(values: Readonly<Record<string, number>>): string {
  return Object.entries(values).map(([name, value]) => `const ${name}: u32 = ${value}u;\n`).join("");
}

const sizesOf = ({ heads, quads, form }: GraphAttentionShape) => ({
  HEADS: heads,
  QUADS: quads,
  ...(form === "lanes" ? { ROWS: itemsOfGroup({ heads, quads }), STAGED: stagedEdges } : {}),
});

/** A kernel over work items in either form. */
export function overItems(
  name: string,
  shape: GraphAttentionShape,
  codes: readonly string[],
  constants: Readonly<Record<string, number>>,
  counts: Pick<Kernel, "flops" | "bytes" | "iterations">,
): Kernel {
  const { heads, quads, form } = shape;
  const code = [constantsCode({ ...sizesOf(shape), ...constants }), randomCode, edgesCode, ...codes].join(
    "\n",
  );
  const threads = heads * quads * itemsOfGroup(shape);
  return {
    name: `${name}_${form}`,
    code: unrolled(code.replace("THREADS", `${threads}`), {
      q: quads,
      w: Math.ceil(quads / 8),
      k: stagedEdges,
    }),
    workgroups: ({ items }) =>
      form === "thread" ? linearGrid(items * heads, 64) : linearGrid(items, itemsOfGroup(shape)),
    ...counts,
  };
}

/** Iterations of a kernel of lanes: finding the longest item, and stages of `stage` edges with loops in each. */
export function laneIterations(
  shape: GraphAttentionShape,
  longest: number,
  stage: number,
  inner: number,
): number {
  return loop(itemsOfGroup(shape)) + loop(longest / stage, inner);
}

/** Iterations in which the lanes of an item share out the edges of a stage and the heads, and add up the quads. */
export function sharedOut({ heads, quads }: GraphAttentionShape, further = 0): number {
  return loop(stagedEdges * heads / (heads * quads), loop(quads) + further);
}

const valueConstants = ({ relations, logits, dropout }: EdgeValues) => ({
  RELATIONS: relations ? 1 : 0,
  LOGITS: logits ? 1 : 0,
  DROP: graphDropoutCodes[dropout],
});

/** Bytes of a wide gather: a row of a head group an edge, whatever a cache saves. */
export const gathered = ({ heads, quads }: GraphAttentionShape, { edges }: Uniforms) =>
  16 * heads * quads * edges;

/** Output rows and the logarithms of their sums; rows that were split leave parts. */
export function attentionRows(shape: GraphAttentionShape, values: EdgeValues): Kernel {
  const { heads, quads, form } = shape;
  const width = heads * quads * 4;
  const body = form === "thread" ? rowCode : rowLanesCode;
  return overItems("graph_attention_row", shape, [edgeValuesCode, keepCode, body], valueConstants(values), {
    flops: ({ edges }) => edges * (2 * width + 12 * heads),
    bytes: (sizes) =>
      gathered(shape, sizes) + 4 * sizes.edges * (1 + heads) + sizes.items * (16 + 4 * (width + 2 * heads)),
    iterations: ({ longest }) =>
      form === "thread"
        ? loop(longest)
        : laneIterations(shape, longest, quads, 2 * loop(quads)) + loop(quads),
  });
}

/** Joins the parts of split rows. */
export function mergeRows({ heads, quads }: Omit<GraphAttentionShape, "form">): Kernel {
  return {
    name: "graph_attention_merge_rows",
    code: [constantsCode({ HEADS: heads, QUADS: quads }), edgesCode, mergeRowsCode].join("\n"),
    workgroups: ({ merges }) => linearGrid(merges * heads * quads, 64),
    flops: ({ parts }) => 8 * parts * heads * quads,
    bytes: ({ parts, merges }) => 16 * (parts + merges) * heads * quads,
    iterations: ({ most_parts: parts }) => 2 * loop(parts),
  };
}

/** What the backward passes ask of a node. `halves` says whether logits have two halves, as GAT's. */
export function rowStatistics({ heads, quads }: Omit<GraphAttentionShape, "form">, halves: boolean): Kernel {
  return {
    name: "graph_attention_row_statistics",
    code: [
      constantsCode({ HEADS: heads, QUADS: quads, HALVES: halves ? 1 : 0 }),
      edgesCode,
      rowStatisticsCode,
    ]
      .join("\n"),
    workgroups: ({ nodes }) => linearGrid(nodes * heads, 64),
    flops: ({ destinations }) => 8 * destinations * heads * quads,
    bytes: ({ nodes, destinations }) => 32 * destinations * heads * quads + 28 * nodes * heads,
    iterations: () => loop(quads),
  };
}

/** Gradient of xl without the logits' part, gradients of the logits by slot and their sums by source. */
export function attentionColumns(shape: GraphAttentionShape, values: EdgeValues): Kernel {
  const { heads, quads, form } = shape;
  const width = heads * quads * 4;
  const body = form === "thread" ? columnCode : columnLanesCode;
  return overItems(
    "graph_attention_column",
    shape,
    [edgeValuesCode, keepCode, body],
    valueConstants(values),
    {
      flops: ({ edges }) => edges * (4 * width + 16 * heads),
      bytes: (sizes) =>
        gathered(shape, sizes) + sizes.edges * (8 + 20 * heads) + sizes.items * (16 + 8 * width + 8 * heads),
      iterations: ({ longest }) =>
        form === "thread" ? loop(longest) : laneIterations(shape, longest, stagedEdges, sharedOut(shape)),
    },
  );
}

/** Adds up the parts of split sources. */
export function mergeColumns({ heads, quads }: Omit<GraphAttentionShape, "form">): Kernel {
  return {
    name: "graph_attention_merge_columns",
    code: [constantsCode({ HEADS: heads, QUADS: quads }), edgesCode, mergeColumnsCode].join("\n"),
    workgroups: ({ merges }) => linearGrid(merges * heads * quads, 64),
    flops: ({ parts }) => 4 * parts * heads * quads,
    bytes: ({ parts, merges }) => 16 * (parts + merges) * heads * quads,
    iterations: ({ most_parts: parts }) => loop(parts),
  };
}

/** Sums of a number an edge and head: by row, or `indirect` through a list of slots; `records` are words of GATv2's records. */
export function segmentSum(heads: number, indirect: boolean, records: boolean): Kernel {
  const code = [constantsCode({ HEADS: heads, INDIRECT: indirect ? 1 : 0 }), edgesCode, segmentSumCode].join(
    "\n",
  );
  return {
    name: "graph_attention_segment_sum",
    code: code.replaceAll("VALUE", records ? "u32" : "f32"),
    workgroups: ({ items }) => linearGrid(items * heads, 64),
    flops: ({ edges }) => edges * heads,
    bytes: ({ edges, items }) => 4 * edges * (heads + (indirect ? 1 : 0)) + items * (16 + 4 * heads),
    iterations: ({ longest }) => loop(longest),
  };
}

/** Adds up the parts of split rows of narrow sums. */
export const mergeSums: Kernel = {
  name: "graph_attention_merge_sums",
  code: mergeSumsCode,
  workgroups: ({ merges, width }) => linearGrid(merges * width, 64),
  flops: ({ parts, width }) => parts * width,
  bytes: ({ parts, merges, width }) => 4 * (parts + merges) * width,
  iterations: ({ most_parts: parts }) => loop(parts),
};
