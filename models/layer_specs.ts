import type { ParameterSpec } from "../engine/mod.ts";

/** A trained table or vector by its state_dict key. */
export function parameterSpec(key: string, ...shape: number[]): ParameterSpec {
  return { key, shape, kind: "parameter", trainable: true };
}

/** Weight [out, width] and bias [out] of a linear layer, as PyTorch names them. */
export function linearSpecs(key: string, out: number, width: number): ParameterSpec[] {
  return [parameterSpec(`${key}.weight`, out, width), parameterSpec(`${key}.bias`, out)];
}
