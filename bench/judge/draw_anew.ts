import { RandomValues } from "../../testing/random_values.ts";
import type { HostInputs, Loud, PreparedCase } from "../kernel_case.ts";

/**
 * The inputs of a case as round `round` sees them: every array of floats turned by a random distance, so that values,
 * and what is true of all of them, stay while no place keeps its own. Round 0 is what the case drew itself.
 */
export function drawAnew({ inputs }: Pick<PreparedCase, "inputs">, seed: number, round: number): HostInputs {
  const random = new RandomValues(seed + 7919 * round);
  const drawn = Object.entries(inputs).map(([name, { values, fixed }]) => {
    if (round === 0 || fixed || !(values instanceof Float32Array)) return [name, values];
    const at = values.length < 2 ? 0 : 1 + random.below(values.length - 1);
    const turned = new Float32Array(values.length);
    turned.set(values.subarray(at));
    turned.set(values.subarray(0, at), values.length - at);
    return [name, turned];
  });
  return Object.fromEntries(drawn);
}

/** The inputs at which careless single precision overflows or cancels. */
export function madeLoud(inputs: HostInputs, loud: Readonly<Record<string, Loud>>): HostInputs {
  const made = Object.entries(inputs).map(([name, values]) => {
    if (!(name in loud)) return [name, values];
    const { scale = 1, grid, shift = 0 } = loud[name];
    const rounded = (value: number) => grid ? grid * Math.round(value / grid) : value;
    return [name, Float32Array.from(values, (value) => shift + rounded(scale * value))];
  });
  return Object.fromEntries(made);
}
