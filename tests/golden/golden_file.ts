import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { toFloat32 } from "../../host/checkpoint/stored_tensor.ts";

/** One tensor of a manifest. */
export interface TensorEntry {
  readonly role: string;
  readonly shape: readonly number[];
  readonly dtype: "F32" | "I32";
  readonly max_abs?: number;
  readonly f32_err?: number;
}

/** A tensor made by the hash formula of csg2a.md section 8. */
export interface FormulaEntry {
  readonly key: string;
  readonly shape: readonly number[];
  readonly index: number;
  readonly base: number;
  readonly amp: number;
}

/** A golden's manifest, in the csg2a dialect. */
export interface Manifest {
  readonly name: string;
  readonly file: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly scalars: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, TensorEntry>>;
  readonly zero_gradient?: readonly string[];
}

type Values = Float32Array<ArrayBuffer>;

/** A golden file: its manifest, and its tensors as numbers. */
export class GoldenFile {
  readonly #tensors: Map<
    string,
    { shape: readonly number[]; values: Values; integers: Int32Array<ArrayBuffer> | undefined }
  >;

  constructor(readonly folder: string, readonly manifest: Manifest, bytes: Uint8Array<ArrayBuffer>) {
    this.#tensors = new Map(
      [...readSafetensors(bytes, manifest.file)].map(([name, tensor]) => [name, {
        shape: tensor.shape,
        values: toFloat32(tensor),
        integers: tensor.dtype === "I32" ? tensor.data : undefined,
      }]),
    );
    for (const key of ["inputs_formula", "params_formula"] as const) {
      const entries = (manifest.config[key] ?? []) as readonly (FormulaEntry & { role?: string })[];
      const seed = Number(manifest.config.hash_seed);
      for (const entry of entries) {
        const prefix = key === "inputs_formula"
          ? (entry.key.startsWith("w_") ? "param." : "in.")
          : entry.role === "buffer"
          ? "buf."
          : "param.";
        this.#tensors.set(prefix + entry.key, {
          shape: entry.shape,
          values: hashed(entry, seed),
          integers: undefined,
        });
      }
    }
  }

  /** Reads NAME.json and the file it names. */
  static async open(folder: string, name: string): Promise<GoldenFile> {
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/${name}.json`)) as Manifest;
    const directory = name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
    return new GoldenFile(folder, manifest, await Deno.readFile(`${folder}/${directory}${manifest.file}`));
  }

  get names(): string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#get(name).shape;
  }

  values(name: string): Values {
    return this.#get(name).values;
  }

  integers(name: string): Int32Array<ArrayBuffer> {
    const { integers } = this.#get(name);
    if (!integers) throw new Error(`${this.manifest.name}: ${name} holds no integers.`);
    return integers;
  }

  number(key: string): number {
    return Number(this.manifest.config[key]);
  }

  #get(name: string) {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`${this.manifest.name} has no tensor "${name}".`);
    return tensor;
  }
}

/** The formula of csg2a.md section 8, bit for bit. */
function hashed({ shape, index, base, amp }: FormulaEntry, seed: number): Values {
  const n = shape.reduce((product, extent) => product * extent, 1);
  const start = (Math.imul(0x9e3779b9, index + 1) + Math.imul(0x85ebca6b, seed)) >>> 0;
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let x = (i + start) >>> 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x7feb352d);
    x ^= x >>> 15;
    x = Math.imul(x, 0x846ca68b);
    x ^= x >>> 16;
    values[i] = base + amp * (2 * ((x >>> 8) / 2 ** 24) - 1);
  }
  return values;
}
