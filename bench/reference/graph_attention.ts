import type { EdgeIndex } from "../../models/ops/graph_attention/edge_index.ts";
import type { Reference, Values } from "../../testing/reference.ts";

/** What a layer in float64 is told. */
export interface GraphAttentionSizes {
  readonly kind: "gat" | "gatv2";
  readonly heads: number;
  readonly channels: number;
  readonly slope: number;
  /** What dropout multiplies weights with, [edges, heads] by slot; ones unless given. */
  readonly factors?: ArrayLike<number>;
}

/** One head's weights over a destination's edges, and what the derivative asks of them. */
interface Row {
  readonly begin: number;
  readonly end: number;
  /** By edge: weight before dropout. */
  readonly alpha: Float64Array;
  /** GAT: by edge, slope at the logit. */
  readonly slopes: Float64Array;
}

/**
 * GAT or GATv2 over a graph, destination by destination, with the derivative of each written out. Inputs: xl, xr, and sourceVector and
 * destinationVector (GAT) or vector (GATv2), relationBias where it is given.
 */
export function graphAttentionReference(
  { csr: { rowptr, src, rel }, destinations }: EdgeIndex,
  { kind, heads, channels, slope, factors }: GraphAttentionSizes,
): Reference {
  const width = heads * channels;
  const leaky = (x: number) => x > 0 ? x : slope * x;
  const steep = (x: number) => x > 0 ? 1 : slope;
  const factor = (slot: number, h: number) => factors?.[slot * heads + h] ?? 1;
  const product = (a: ArrayLike<number>, at: number, b: ArrayLike<number>, bt: number) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += a[at + c] * b[bt + c];
    return sum;
  };
  const bias = (inputs: Values, slot: number, h: number) =>
    inputs.relationBias ? inputs.relationBias[(rel?.[slot] ?? 0) * heads + h] : 0;
  const rowOf = (inputs: Values, i: number, h: number): Row => {
    const [begin, end] = [rowptr[i], rowptr[i + 1]];
    const [alpha, slopes] = [new Float64Array(end - begin), new Float64Array(end - begin)];
    const own = i * width + h * channels;
    for (let slot = begin; slot < end; slot++) {
      const from = src[slot] * width + h * channels;
      let z = bias(inputs, slot, h);
      if (kind === "gat") {
        z += product(inputs.xl, from, inputs.sourceVector, h * channels);
        z += product(inputs.xr, own, inputs.destinationVector, h * channels);
        slopes[slot - begin] = steep(z);
        z = leaky(z);
      } else {
        for (let c = 0; c < channels; c++) {
          z += inputs.vector[h * channels + c] * leaky(inputs.xl[from + c] + inputs.xr[own + c]);
        }
      }
      alpha[slot - begin] = z;
    }
    const largest = alpha.reduce((most, z) => z > most || Number.isNaN(z) ? z : most, -Infinity);
    const total = alpha.reduce((sum, z) => sum + Math.exp(z - largest), 0);
    return { begin, end, alpha: alpha.map((z) => Math.exp(z - largest) / total), slopes };
  };
  return {
    forward(inputs) {
      const y = new Float64Array(destinations * width);
      for (let i = 0; i < destinations; i++) {
        for (let h = 0; h < heads; h++) {
          const { begin, end, alpha } = rowOf(inputs, i, h);
          for (let slot = begin; slot < end; slot++) {
            const weight = alpha[slot - begin] * factor(slot, h);
            for (let c = 0; c < channels; c++) {
              y[i * width + h * channels + c] += weight * inputs.xl[src[slot] * width + h * channels + c];
            }
          }
        }
      }
      return y;
    },
    backward(inputs, dy) {
      const d = Object.fromEntries(
        Object.entries(inputs).map(([key, values]) => [key, new Float64Array(values.length)]),
      );
      for (let i = 0; i < destinations; i++) {
        for (let h = 0; h < heads; h++) {
          const { begin, end, alpha, slopes } = rowOf(inputs, i, h);
          const own = i * width + h * channels;
          const dalpha = Float64Array.from(
            alpha,
            (_, k) =>
              factor(begin + k, h) * product(dy, own, inputs.xl, src[begin + k] * width + h * channels),
          );
          const mean = dalpha.reduce((sum, value, k) => sum + value * alpha[k], 0);
          for (let slot = begin; slot < end; slot++) {
            const k = slot - begin;
            const from = src[slot] * width + h * channels;
            const dz = alpha[k] * (dalpha[k] - mean);
            const dlogit = kind === "gat" ? dz * slopes[k] : dz;
            if (d.relationBias) d.relationBias[(rel?.[slot] ?? 0) * heads + h] += dlogit;
            for (let c = 0; c < channels; c++) {
              const a = h * channels + c;
              d.xl[from + c] += alpha[k] * factor(slot, h) * dy[own + c];
              if (kind === "gat") {
                d.xl[from + c] += dlogit * inputs.sourceVector[a];
                d.xr[own + c] += dlogit * inputs.destinationVector[a];
                d.sourceVector[a] += dlogit * inputs.xl[from + c];
                d.destinationVector[a] += dlogit * inputs.xr[own + c];
                continue;
              }
              const w = inputs.xl[from + c] + inputs.xr[own + c];
              const dw = dz * inputs.vector[a] * steep(w);
              d.xl[from + c] += dw;
              d.xr[own + c] += dw;
              d.vector[a] += dz * leaky(w);
            }
          }
        }
      }
      return d;
    },
  };
}
