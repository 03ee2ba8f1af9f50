import { finetuningSpecs, pretrainingSpecs } from "../../models/csg2a/parameter_specs.ts";
import { releasedHeadWidths } from "../../models/csg2a/sizes.ts";
import type { GoldenCheck } from "./compare.ts";
import { configOf } from "./ops.ts";

interface ReleasedKeys {
  readonly [name: string]: readonly [string, readonly number[]][] | unknown;
  /** Number of float32 values of each state_dict. */
  readonly float_elements?: Readonly<Record<string, number>>;
}

/** Keys, shapes and order of the state_dicts at full size: `{name_GENES: [[key, shape], ...]}`. */
export async function checkReleasedKeys(path: string): Promise<GoldenCheck[]> {
  const file = JSON.parse(await Deno.readTextFile(path)) as ReleasedKeys;
  const lists = Object.entries(file).filter((entry): entry is [string, [string, number[]][]] =>
    Array.isArray(entry[1])
  );
  return lists.map(([name, expected]) => {
    const shapes = new Map(expected);
    const finetuning = shapes.has("scalar");
    const prefix = finetuning ? "CSG2A." : "";
    const [genes, hiddenWidth] = shapes.get(`${prefix}w_gex`)!;
    const layers = expected.filter(([key]) => key.endsWith("self_attn.linears.0.weight")).length;
    const width = shapes.get(`${prefix}CCE.MAT.src_embed.lut.weight`)![0];
    const headWidths = finetuning
      ? [shapes.get("pred_head.0.weight")![0], shapes.get("pred_head.4.weight")![0]] as const
      : releasedHeadWidths;
    const config = configOf({ genes, hiddenWidth, mat: { width, layers, heads: 1 }, headWidths });
    const specs = (finetuning ? finetuningSpecs : pretrainingSpecs)(config);
    const found = specs.map(({ key, shape }) => `${key} [${shape}]`);
    const wanted = expected.map(([key, shape]) => `${key} [${shape}]`);
    const at = wanted.findIndex((line, i) => line !== found[i]);
    const floats = specs.filter(({ kind }) => kind !== "counter")
      .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
    const count = file.float_elements?.[name] ?? floats;
    const passed = at < 0 && found.length === wanted.length && floats === count;
    const detail =
      `entry ${at}: ${found[at]}, expected ${wanted[at]}; ${found.length} of ${wanted.length} keys, ` +
      `${floats} of ${count} values`;
    return { name, worst: passed ? 0 : 1, tolerance: 0, passed, ...(passed ? {} : { detail }) };
  });
}
