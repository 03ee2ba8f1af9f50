import { ShapeError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

/** Extents of an attention over a batch of sets. */
export interface AttentionSizes {
  readonly samples: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** Channels of one head. */
  readonly depth: number;
  /** Row stride of stored weights: the keys, padded to whole quads. */
  readonly stride: number;
  /** All samples ask with the same table of queries. */
  readonly shared: boolean;
}

/** What every attention is told besides its tensors. */
export interface AttentionLayout {
  /** Samples of the batch: keys and values are [samples * keys, width]. */
  readonly samples: number;
  /** Heads, contiguous slices of the channels: head j is channels j depth to (j + 1) depth - 1. */
  readonly heads: number;
  /** q is [queries, width], one table for all samples, instead of [samples * queries, width]. */
  readonly sharedQueries?: boolean;
}

/** Sizes of an attention by its tensors' last dimension and the layout. @throws {ShapeError} when they disagree. */
export function attentionSizes(
  operation: string,
  { q, k, v = k, keyMask, queryMask }: {
    q: Tensor;
    k: Tensor;
    v?: Tensor;
    keyMask?: Tensor;
    queryMask?: Tensor;
  },
  { samples, heads, sharedQueries: shared = false }: AttentionLayout,
): AttentionSizes {
  const width = q.shape.at(-1) ?? 0;
  const depth = width / heads;
  const queries = q.size / (width * (shared ? 1 : samples));
  const keys = k.size / (width * samples);
  const whole = [depth, queries, keys].every((value) => Number.isInteger(value) && value > 0);
  if (!whole || k.shape.at(-1) !== width || v.size !== k.size || v.shape.at(-1) !== width) {
    throw new ShapeError(
      `${operation}(): q ${q}, k ${k}, v ${v} do not fit ${samples} samples and ${heads} heads.`,
    );
  }
  if (keyMask && keyMask.size !== samples * keys || queryMask && queryMask.size !== samples * queries) {
    throw new ShapeError(
      `${operation}(): masks ${keyMask ?? ""} ${queryMask ?? ""} are not [${samples}, ${keys}] (keys), ` +
        `[${samples}, ${queries}] (queries).`,
    );
  }
  return { samples, heads, queries, keys, depth, stride: 4 * Math.ceil(keys / 4), shared };
}
