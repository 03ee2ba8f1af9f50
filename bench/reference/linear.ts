import { referenceMatmul } from "./matmul.ts";
import type { Reference } from "../../testing/reference.ts";

/** y = activation(x W' + bias) + residual. */
export function linearReference(
  { rows, width, out, activation = "none", slope = 0, bias = false, residual = false }: {
    readonly rows: number;
    readonly width: number;
    readonly out: number;
    readonly activation?: "none" | "relu" | "leakyRelu";
    readonly slope?: number;
    readonly bias?: boolean;
    readonly residual?: boolean;
  },
): Reference {
  const below = activation === "none" ? 1 : activation === "relu" ? 0 : slope;
  const product = (x: ArrayLike<number>, weight: ArrayLike<number>, shift: ArrayLike<number>) =>
    referenceMatmul({ m: rows, n: out, k: width }, x, false, weight, true)
      .map((value, i) => value + (bias ? shift[i % out] : 0));
  return {
    forward({ x, weight, bias: shift, residual: added }) {
      return product(x, weight, shift).map((value, i) =>
        (value > 0 ? value : below * value) + (residual ? added[i] : 0)
      );
    },
    backward({ x, weight, bias: shift }, dy) {
      const dz = product(x, weight, shift).map((value, i) => (value > 0 ? 1 : below) * dy[i]);
      const dbias = new Float64Array(out);
      dz.forEach((value, i) => dbias[i % out] += value);
      return {
        x: referenceMatmul({ m: rows, n: width, k: out }, dz, false, weight, false),
        weight: referenceMatmul({ m: out, n: width, k: rows }, dz, true, x, false),
        bias: dbias,
        residual: dy,
      };
    },
  };
}

/** C = scale op(A) op(B), a batch at a time. */
export function batchedMatmulReference(
  { batches, m, n, k, transposeA, transposeB, scale }: {
    readonly batches: number;
    readonly m: number;
    readonly n: number;
    readonly k: number;
    readonly transposeA: boolean;
    readonly transposeB: boolean;
    readonly scale: number;
  },
): Reference {
  const part = (values: ArrayLike<number>, size: number, batch: number) =>
    Float64Array.from({ length: size }, (_, i) => values[batch * size + i]);
  const each = (make: (batch: number) => Float64Array) =>
    Float64Array.from(Array.from({ length: batches }, (_, batch) => [...make(batch)]).flat());
  return {
    forward({ a, b }) {
      return each((batch) =>
        referenceMatmul({ m, n, k }, part(a, m * k, batch), transposeA, part(b, k * n, batch), transposeB)
          .map((value) => scale * value)
      );
    },
    backward({ a, b }, dy) {
      const da = each((batch) => {
        const [d, right] = [part(dy, m * n, batch), part(b, k * n, batch)];
        const product = transposeA
          ? referenceMatmul({ m: k, n: m, k: n }, right, transposeB, d, true)
          : referenceMatmul({ m, n: k, k: n }, d, false, right, !transposeB);
        return product.map((value) => scale * value);
      });
      const db = each((batch) => {
        const [d, left] = [part(dy, m * n, batch), part(a, m * k, batch)];
        const product = transposeB
          ? referenceMatmul({ m: n, n: k, k: m }, d, true, left, transposeA)
          : referenceMatmul({ m: k, n, k: m }, left, !transposeA, d, false);
        return product.map((value) => scale * value);
      });
      return { a: da, b: db };
    },
  };
}
