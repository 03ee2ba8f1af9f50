import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { toFloat32 } from "../../host/checkpoint/stored_tensor.ts";
import type { GoldenCheck } from "./compare.ts";

/** One tensor of a manifest in the badger dialect. */
export interface BadgerTensor {
  readonly shape: readonly number[];
  readonly dtype: "F32" | "I32";
  readonly absmax?: number;
  readonly f32_maxabs?: number;
}

/** A parameter of a model golden, with the numbers of the formula that makes it. */
export interface BadgerParameter {
  readonly key: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly seed: number;
  readonly scale: number;
  readonly offset: number;
}

/** What a manifest tells besides its tensors; files of single operations have a part of it only. */
export interface BadgerManifest {
  readonly file: string;
  readonly tensors: Readonly<Record<string, BadgerTensor>>;
  readonly model?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly parameters?: readonly BadgerParameter[];
  readonly loss_terms?: readonly string[];
  readonly no_gradient?: readonly string[];
  readonly zero_gradient?: readonly string[];
  readonly rounding_only_gradient?: readonly string[];
  readonly [key: string]: unknown;
}

type Values = Float32Array<ArrayBuffer>;

/** Relative part of the tolerance (badger.md section 7): values, and gradients. */
export const badgerRelative = { value: 2e-5, gradient: 1e-4 } as const;

/** A golden file in the badger dialect: `role/name` keys, or `CASE/role/name` in files of single operations. */
export class BadgerGolden {
  readonly #tensors: Map<
    string,
    { shape: readonly number[]; values: Values; integers?: Int32Array<ArrayBuffer> }
  >;

  constructor(readonly name: string, readonly manifest: BadgerManifest, bytes: Uint8Array<ArrayBuffer>) {
    this.#tensors = new Map(
      [...readSafetensors(bytes, manifest.file)].map(([key, tensor]) => [key, {
        shape: tensor.shape,
        values: toFloat32(tensor),
        integers: tensor.dtype === "I32" ? tensor.data : undefined,
      }]),
    );
  }

  /** Reads NAME.json and the safetensors file it names. */
  static async open(folder: string, name: string): Promise<BadgerGolden> {
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/${name}.json`)) as BadgerManifest;
    return new BadgerGolden(name, manifest, await Deno.readFile(`${folder}/${manifest.file}`));
  }

  /** All keys; with a prefix, what follows it in the keys that begin with it. */
  names(prefix = ""): string[] {
    return [...this.#tensors.keys()].filter((key) => key.startsWith(prefix)).map((key) =>
      key.slice(prefix.length)
    );
  }

  /** The first parts of the keys of a file of single operations, in order of appearance. */
  get cases(): string[] {
    return [
      ...new Set(this.names().filter((key) => key.split("/").length > 2).map((key) => key.split("/")[0])),
    ];
  }

  has(key: string): boolean {
    return this.#tensors.has(key);
  }

  shape(key: string): readonly number[] {
    return this.#get(key).shape;
  }

  values(key: string): Values {
    return this.#get(key).values;
  }

  /** Indices and labels, which the dialect keeps as 32-bit integers. */
  integers(key: string): Int32Array<ArrayBuffer> {
    const { integers } = this.#get(key);
    if (!integers) throw new Error(`${this.name}: ${key} holds no integers.`);
    return integers;
  }

  /**
   * Compares: |x - reference| <= max(20 f32_maxabs, r absmax, 1e-7), r by the key's role; a gradient that is only
   * rounding noise must stay below 1e-6 of the file's largest gradient.
   */
  compare(key: string, found: ArrayLike<number>): GoldenCheck {
    const expected = this.values(key);
    const { absmax = 0, f32_maxabs = 0 } = this.manifest.tensors[key] ?? {};
    const gradient = /(^|\/)(grad|gradsample|gradstat)(\/|$)/.test(key);
    const parameter = key.replace(/^.*?grad(sample|stat)?\/(param\/)?/, "");
    if (gradient && this.manifest.rounding_only_gradient?.includes(parameter)) {
      const zeros = new Float32Array(expected.length);
      return within(key, found, zeros, 1e-6 * this.#largestGradient());
    }
    const share = gradient ? badgerRelative.gradient : badgerRelative.value;
    return within(key, found, expected, Math.max(20 * f32_maxabs, share * absmax, 1e-7));
  }

  #largestGradient(): number {
    return Object.entries(this.manifest.tensors).reduce(
      (most, [key, { absmax = 0 }]) => /(^|\/)grad\//.test(key) ? Math.max(most, absmax) : most,
      0,
    );
  }

  #get(key: string) {
    const tensor = this.#tensors.get(key);
    if (!tensor) throw new Error(`${this.name} has no tensor "${key}".`);
    return tensor;
  }
}

/** Compares entry by entry within one absolute tolerance. */
export function within(
  name: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): GoldenCheck {
  if (found.length !== expected.length) {
    const detail = `${found.length} values, expected ${expected.length}`;
    return { name, worst: Infinity, tolerance, passed: false, detail };
  }
  let worst = 0, at = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    if (!(error <= worst)) [worst, at] = [Number.isNaN(error) ? Infinity : error, i];
  }
  const passed = worst <= tolerance;
  return {
    name,
    worst,
    tolerance,
    passed,
    ...(passed ? {} : { detail: `entry ${at}: ${found[at]}, expected ${expected[at]}` }),
  };
}

/** A parameter of a model golden from its seed, scale and offset, bit for bit (goldens/badger/README.md). */
export function badgerParameter({ shape, seed, scale, offset }: BadgerParameter): Values {
  const n = shape.reduce((product, extent) => product * extent, 1);
  const start = Math.imul(seed, 0x9e3779b1);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const u = (mix(mix((i + start) >>> 0) ^ seed) >>> 8) / 2 ** 23 - 1;
    values[i] = offset + scale * u;
  }
  return values;
}

function mix(value: number): number {
  let x = value >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}
