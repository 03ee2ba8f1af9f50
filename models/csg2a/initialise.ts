import { RandomStream } from "../../datasets/random.ts";
import type { ParameterSpec } from "../../engine/mod.ts";

function elements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function keyNumber(text: string): number {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash;
}

function uniform(seed: number, name: string, n: number, bound: number): Float32Array<ArrayBuffer> {
  const random = new RandomStream(seed, keyNumber(name));
  return Float32Array.from({ length: n }, () => bound * (2 * random.uniform() - 1));
}

/**
 * Starting values of one state_dict entry, as the release draws them (csg2a.md 2.7): gene weights and the two
 * scalars normal, norms 1 and 0, linears PyTorch's default, matrices of MAT Xavier-uniform, and MAT's copied biases
 * equal over layers (those of attention over its four linears too), because its layers are deep copies.
 */
export function initialValues(
  spec: ParameterSpec,
  specs: readonly ParameterSpec[],
  seed: number,
): Float32Array<ArrayBuffer> {
  const { key, shape } = spec;
  const n = elements(shape);
  const name = key.replace(/^CSG2A\./, "");
  if (name === "w_gex" || name === "w_comp" || name === "scalar" || key === "bias") {
    const random = new RandomStream(seed, keyNumber(name));
    const draw = name === "scalar" ? () => Math.abs(random.normal()) + 1e-8 : () => random.normal();
    return Float32Array.from({ length: n }, draw);
  }
  if (/running_mean$|\.b_2$/.test(name)) return new Float32Array(n);
  if (/running_var$|\.a_2$/.test(name)) return new Float32Array(n).fill(1);
  if (shape.length === 2) {
    const [out, width] = shape;
    const xavier = name.startsWith("CCE.MAT.");
    return uniform(seed, name, n, xavier ? Math.sqrt(6 / (out + width)) : 1 / Math.sqrt(width));
  }
  // A bias goes with the matrix of its own module; a norm has none.
  const matrix = specs.find((other) =>
    other.key === key.replace(/bias$/, "weight") && other.shape.length === 2
  );
  if (!matrix) return new Float32Array(n).fill(name.endsWith("weight") ? 1 : 0);
  const shared = name
    .replace(/layers\.\d+\.self_attn\.linears\.\d+/, "layers.self_attn.linears")
    .replace(/layers\.\d+\.feed_forward/, "layers.feed_forward");
  return uniform(seed, shared, n, 1 / Math.sqrt(matrix.shape[1]));
}
