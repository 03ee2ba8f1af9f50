import { RandomStream } from "../datasets/random.ts";
import type { ParameterSpec } from "../engine/mod.ts";

function count({ shape }: ParameterSpec): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function stream(key: string, seed: number): RandomStream {
  let hash = 0;
  for (const character of key) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return new RandomStream(seed, hash);
}

/** The same value throughout. */
export function constantValues(spec: ParameterSpec, value: number): Float32Array<ArrayBuffer> {
  return new Float32Array(count(spec)).fill(value);
}

/** Uniform in [-bound, bound); draws depend on the seed and the key alone. */
export function uniformValues(spec: ParameterSpec, bound: number, seed: number): Float32Array<ArrayBuffer> {
  const random = stream(spec.key, seed);
  return Float32Array.from({ length: count(spec) }, () => bound * (2 * random.uniform() - 1));
}

/** PyTorch's xavier_uniform_ of a matrix [out, in]: bound sqrt(6 / (in + out)). */
export function xavierUniformValues(spec: ParameterSpec, seed: number): Float32Array<ArrayBuffer> {
  const [out, width] = spec.shape;
  return uniformValues(spec, Math.sqrt(6 / (out + width)), seed);
}

/**
 * PyTorch's default of a linear layer: weight and bias uniform within 1 / sqrt(in); a LayerNorm's weight is 1, its bias 0.
 *
 * @param specs the whole state_dict: a bias takes its width from the matrix of its own module.
 */
export function torchDefaultValues(
  spec: ParameterSpec,
  specs: readonly ParameterSpec[],
  seed: number,
): Float32Array<ArrayBuffer> {
  const weight = spec.shape.length === 2
    ? spec
    : specs.find(({ key, shape }) => key === spec.key.replace(/bias$/, "weight") && shape.length === 2);
  if (weight) return uniformValues(spec, 1 / Math.sqrt(weight.shape[1]), seed);
  return constantValues(spec, spec.key.endsWith("weight") ? 1 : 0);
}

/** Normal with mean 0; draws depend on the seed and the key alone. */
export function normalValues(
  spec: ParameterSpec,
  deviation: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const random = stream(spec.key, seed);
  return Float32Array.from({ length: count(spec) }, () => deviation * random.normal());
}

/**
 * A random matrix with orthonormal rows, or columns where there are more rows than columns; leading extents of 1 are
 * ignored.
 */
export function orthogonalValues(spec: ParameterSpec, seed: number): Float32Array<ArrayBuffer> {
  const [rows, columns] = spec.shape.slice(-2);
  const [vectors, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const random = stream(spec.key, seed);
  const basis: Float64Array[] = [];
  while (basis.length < vectors) {
    const vector = Float64Array.from({ length }, () => random.normal());
    // Twice, because once loses orthogonality in the last digits.
    for (const other of [...basis, ...basis]) {
      const product = vector.reduce((sum, value, i) => sum + value * other[i], 0);
      vector.forEach((_, i) => vector[i] -= product * other[i]);
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (norm > 1e-6) basis.push(vector.map((value) => value / norm));
  }
  return Float32Array.from({ length: rows * columns }, (_, e) => {
    const [row, column] = [Math.floor(e / columns), e % columns];
    return rows <= columns ? basis[row][column] : basis[column][row];
  });
}
