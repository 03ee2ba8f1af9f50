import type { ParameterSpec } from "../../engine/mod.ts";
import { constantValues, normalValues, uniformValues, xavierUniformValues } from "../initialisers.ts";

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
  // A transferred network draws what the pretraining network draws.
  const name = spec.key.replace(/^CSG2A\./, "");
  const own = { ...spec, key: name };
  if (name === "scalar") return normalValues(own, 1, seed).map((value) => Math.abs(value) + 1e-8);
  if (name === "w_gex" || name === "w_comp" || spec.key === "bias") return normalValues(own, 1, seed);
  if (/running_mean$|\.b_2$/.test(name)) return constantValues(spec, 0);
  if (/running_var$|\.a_2$/.test(name)) return constantValues(spec, 1);
  if (spec.shape.length === 2) {
    const xavier = name.startsWith("CCE.MAT.");
    return xavier ? xavierUniformValues(own, seed) : uniformValues(own, 1 / Math.sqrt(spec.shape[1]), seed);
  }
  // A bias goes with the matrix of its own module; a norm has none.
  const weight = spec.key.replace(/bias$/, "weight");
  const matrix = specs.find(({ key, shape }) => key === weight && shape.length === 2);
  if (!matrix) return constantValues(spec, name.endsWith("weight") ? 1 : 0);
  const shared = name
    .replace(/layers\.\d+\.self_attn\.linears\.\d+/, "layers.self_attn.linears")
    .replace(/layers\.\d+\.feed_forward/, "layers.feed_forward");
  return uniformValues({ ...spec, key: shared }, 1 / Math.sqrt(matrix.shape[1]), seed);
}
