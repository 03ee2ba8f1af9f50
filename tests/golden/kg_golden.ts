import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import type { StoredTensor, TensorMap } from "../../host/checkpoint/stored_tensor.ts";
import { within } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";

type Values = Float32Array<ArrayBuffer>;

/** A case of kg-gat's manifest. */
export interface KgCase {
  readonly op: string;
  readonly file?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A golden of the kg-gat family: tensors by name, one file a case. */
export class KgGolden {
  constructor(readonly name: string, readonly manifest: KgCase, readonly tensors: TensorMap) {}

  /** Reads the file of a case. */
  static async open(folder: string, name: string, manifest: KgCase): Promise<KgGolden> {
    const file = manifest.file ?? `${name}.safetensors`;
    return new KgGolden(name, manifest, readSafetensors(await Deno.readFile(`${folder}/${file}`), file));
  }

  /** What follows a prefix in the names that begin with it. */
  names(prefix: string): string[] {
    return [...this.tensors.keys()].filter((name) => name.startsWith(prefix)).map((name) =>
      name.slice(prefix.length)
    );
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#get(name).shape;
  }

  values(name: string): Values {
    return Float32Array.from(this.#get(name).data as ArrayLike<number>);
  }

  indices(name: string): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(this.#get(name).data as ArrayLike<number>);
  }

  /** Compares within `share` of the largest expected magnitude, at least of `least`. */
  relative(name: string, found: ArrayLike<number>, share: number, least = 0, label = name): GoldenCheck {
    const expected = this.values(name);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), least);
    return within(label, found, expected, share * largest);
  }

  /** Compares within an absolute tolerance. */
  absolute(name: string, found: ArrayLike<number>, tolerance: number): GoldenCheck {
    return within(name, found, this.values(name), tolerance);
  }

  #get(name: string): StoredTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new Error(`${this.name} has no tensor "${name}".`);
    return tensor;
  }
}

/** A flag, number or text of a case's configuration. */
export function configured<T>(golden: KgGolden, key: string): T {
  if (!(key in golden.manifest.config)) throw new Error(`${golden.name}: its configuration lacks "${key}".`);
  return golden.manifest.config[key] as T;
}
