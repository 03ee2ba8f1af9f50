import {
  type GraphAttentionForm,
  type GraphDropoutKind,
  mostLanes,
} from "../../../kernels/graph_attention/graph_attention.ts";
import { copyColumns } from "../../../kernels/columns/columns.ts";
import { padRows } from "../../../kernels/matmul/matmul.ts";
import { GpuError, ShapeError } from "../../../engine/errors.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import type { GraphAttentionAttributes } from "./attributes.ts";

/** Most channels of a head: software holds a head's quads in registers. */
export const mostChannels = 256;

/** A group of heads that is worked on at a time. */
export interface HeadGroup {
  readonly heads: number;
  readonly quads: number;
  readonly form: GraphAttentionForm;
  /** Of the layer's heads, its first. */
  readonly first: number;
}

/** Sizes of a layer. */
export interface HeadSizes {
  readonly heads: number;
  readonly channels: number;
  /** Quads of a head, the last padded. */
  readonly quads: number;
  readonly padded: boolean;
  readonly groups: readonly HeadGroup[];
}

/**
 * Sizes of a layer from its rows, and the groups of heads that keep every array of a group within a binding.
 *
 * @param bytesOfHead of the largest array of a group, for one head
 * @throws {ShapeError} when rows are not whole heads or do not fit the graph
 * @throws {GpuError} when one head alone, or the rows themselves, are too large for a binding
 */
export function headSizes(
  step: Step,
  name: string,
  rows: Readonly<Record<string, { tensor: Tensor; nodes: number }>>,
  { graph, heads, form: wanted, mostHeads = heads }: GraphAttentionAttributes,
  bytesOfHead: (quads: number) => number,
): HeadSizes {
  const [{ tensor: first }] = Object.values(rows);
  const width = first.shape.at(-1)!;
  const channels = width / heads;
  if (!Number.isInteger(channels) || channels > mostChannels) {
    throw new ShapeError(
      `${name}(): rows of ${first} are not ${heads} heads of 1 to ${mostChannels} channels.`,
    );
  }
  for (const [key, { tensor, nodes }] of Object.entries(rows)) {
    if (tensor.size === nodes * width) continue;
    throw new ShapeError(
      `${name}(): ${key} ${tensor} must be [${nodes}, ${width}], for a graph of ${graph.sources} sources and ` +
        `${graph.destinations} destinations and ${heads} heads of ${channels} channels.`,
    );
  }
  const quads = Math.ceil(channels / 4);
  const form = wanted ?? (step.device.adapterClass === "gpu" ? "lanes" : "thread");
  const most = step.device.maxBinding;
  const rowBytes = 16 * heads * quads * Math.max(graph.sources, graph.destinations);
  if (rowBytes > most) {
    throw new GpuError(
      `${name}(): rows of ${heads} heads of ${channels} channels for ${
        Math.max(graph.sources, graph.destinations)
      } nodes take ` +
        `${rowBytes} bytes and this adapter binds ${most}; call it for some heads at a time, with layerHeads.`,
    );
  }
  const fits = (count: number) =>
    heads % count === 0 && count <= mostHeads && count * bytesOfHead(quads) <= most &&
    (form === "thread" || count * quads <= mostLanes);
  const count = Array.from({ length: heads }, (_, k) => heads - k).find(fits);
  if (count === undefined) {
    throw new GpuError(
      `${name}(): ${graph.edges} edges need ${
        bytesOfHead(quads)
      } bytes a head and this adapter binds ${most}; ` +
        "use fewer edges, as by sampling neighbours.",
    );
  }
  const groups = Array.from(
    { length: heads / count },
    (_, k) => ({ heads: count, quads, form, first: k * count }),
  );
  return { heads, channels, quads, padded: channels % 4 !== 0, groups };
}

/** Rows with every head's channels padded to whole quads by zeros; the tensor itself where they are. */
export function padHeads(step: Step, x: Tensor, { channels, quads, padded }: HeadSizes): Tensor {
  if (!padded) return x;
  const y = step.empty([x.size / channels, 4 * quads], `${x.label}, heads padded`);
  padInto(step, x, { rows: x.size / channels, width: channels, quads }, y);
  return y;
}

/** Records the copy of rows into rows of whole quads. */
export function padInto(
  step: Step,
  x: Tensor,
  { rows, width, quads }: { rows: number; width: number; quads: number },
  y: Parameters<Step["run"]>[1][string],
): void {
  const none = { batches: 1, inner: 1, start: 0, batch: 0, part: 0 };
  step.run(padRows, { x, y }, { rows, width, quads, row: width, ...none });
}

/** Records the copy of padded heads back to rows. */
export function cropHeads(step: Step, x: Tensor, { channels, quads }: HeadSizes, y: Tensor): void {
  const rows = y.size / channels;
  step.run(copyColumns, { x, y }, {
    rows,
    width: channels,
    x_row: 4 * quads,
    x_from: 0,
    y_row: channels,
    y_to: 0,
  });
}

/** A part of the packed array of what kernels read by edge, head or relation. */
export interface PackedPart {
  readonly tensor: Tensor | undefined;
  /** Rows that are padded to whole quads. */
  readonly rows: number;
  /** Quads of a padded row; as many as hold it unless told. */
  readonly quads?: number;
}

/**
 * Several small tensors in one array, since kernels may bind eight: each from a multiple of 64 on, its rows padded to whole quads.
 * One that needs no padding stays where it is.
 */
export function packed<Name extends string>(
  step: Step,
  parts: Readonly<Record<Name, PackedPart>>,
): { array: Tensor; at: Readonly<Record<Name, number>> } {
  const present = (Object.entries(parts) as [Name, PackedPart][]).flatMap(
    ([name, { tensor, rows, quads }]) => {
      if (!tensor || tensor.size === 0) return [];
      const width = tensor.size / rows;
      return [{ name, tensor, rows, width, quads: quads ?? Math.ceil(width / 4) }];
    },
  );
  const at = Object.fromEntries(Object.keys(parts).map((name) => [name, 0])) as Record<Name, number>;
  if (present.length === 0) return { array: step.unread(), at };
  if (present.length === 1 && present[0].width === 4 * present[0].quads) {
    return { array: present[0].tensor, at };
  }
  let size = 0;
  for (const { name, rows, quads } of present) {
    at[name] = size;
    size = Math.ceil((size + 4 * rows * quads) / 64) * 64;
  }
  if (4 * size > step.device.maxBinding) {
    throw new GpuError(
      `graph attention: ${present.map(({ tensor }) => tensor).join(", ")} take ${
        4 * size
      } bytes side by side and this ` +
        `adapter binds ${step.device.maxBinding}; leave one out, or use fewer edges.`,
    );
  }
  const array = step.empty([size], "what belongs to edges");
  for (const { name, tensor, rows, width, quads } of present) {
    padInto(step, tensor, { rows, width, quads }, {
      tensor: array,
      start: at[name],
      length: 4 * rows * quads,
    });
  }
  return { array, at };
}

/** How dropout is done. @throws {ShapeError} when the rate leaves nothing, or a mask has no rate */
export function dropoutOf(
  step: Step,
  name: string,
  keep: Tensor | undefined,
  { dropout, heads, graph, layerHeads }: GraphAttentionAttributes,
): { kind: GraphDropoutKind; uniforms: Readonly<Record<string, number>> } {
  const { rate = 0, site } = dropout ?? {};
  if (!(rate >= 0 && rate < 1)) {
    throw new ShapeError(`${name}(): a dropout rate of ${rate}; expected 0 or more and less than 1.`);
  }
  if (keep && keep.size !== graph.edges * heads) {
    throw new ShapeError(
      `${name}(): keep ${keep} must be [${graph.edges}, ${heads}], one number an edge and head.`,
    );
  }
  const kind = keep ? "given" : rate > 0 ? "drawn" : "none";
  const { first, total } = layerHeads ?? { first: 0, total: heads };
  return {
    kind,
    uniforms: {
      rate,
      site: kind === "drawn" ? site ?? step.nextDropoutSite() : 0,
      layer_heads: total,
      layer_first: first,
    },
  };
}
