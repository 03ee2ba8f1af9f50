import { GpuError } from "./errors.ts";
import { refuseDepth } from "./refuse_depth.ts";
import type { DType } from "./tensor.ts";

/** One storage buffer of a kernel, as its WGSL declares it. */
export interface StorageBinding {
  /** Number of the binding. */
  readonly binding: number;
  /** Variable of the WGSL. */
  readonly name: string;
  /** As declared. */
  readonly access: "read" | "read_write";
  /** Scalar type of its elements; undefined for structs, whose fields may differ. */
  readonly element?: DType;
}

/** One scalar of a kernel's `Params` struct. */
export interface UniformField {
  /** Variable of the WGSL. */
  readonly name: string;
  /** Scalar type. */
  readonly type: "u32" | "i32" | "f32";
}

/** What a kernel binds: read from its WGSL, so that it is declared in one place only. */
export interface KernelLayout {
  /** Storage buffers, in the order of the text. */
  readonly storage: readonly StorageBinding[];
  /** Binding number of `params`, if the kernel has any. */
  readonly params?: number;
  /** Fields of `Params`, in order. */
  readonly fields: readonly UniformField[];
  /** Binding number of `step`, if the kernel reads the step state. */
  readonly step?: number;
}

/** A compiled kernel with the layout its bind groups need. */
export interface CompiledKernel {
  /** The WGSL that was compiled. */
  readonly code: string;
  /** The compiled pipeline. */
  readonly pipeline: GPUComputePipeline;
  /** Layout of bind group 0. */
  readonly groupLayout: GPUBindGroupLayout;
  /** Bindings and uniforms, as read from the WGSL. */
  readonly layout: KernelLayout;
  /** What the compiler complained of, if it did. */
  readonly problem: Promise<GpuError | undefined>;
}

const declaration =
  /((?:@\w+\s*\(\s*\w+\s*\)\s*)+)var\s*<\s*(storage|uniform)\s*(?:,\s*(\w+)\s*)?>\s*(\w+)\s*:/g;

/** WGSL without comments; block comments nest. */
function withoutComments(code: string): string {
  let kept = "", depth = 0;
  // Inside a block comment only its marks count, outside only what begins one.
  for (const [mark, ...groups] of code.matchAll(/(\/\*)|(\*\/)|(\/\/)|(\n)|[^]/g)) {
    const [opens, closes, line, end] = groups;
    if (line && depth === 0) depth = -1;
    else if (depth === -1 && end) depth = 0;
    else if (opens && depth >= 0) depth++;
    else if (closes && depth > 0) [kept, depth] = [`${kept} `, depth - 1];
    else if (depth === 0) kept += mark;
  }
  return kept;
}

/**
 * Reads bindings and uniforms from WGSL.
 *
 * @throws {GpuError} when a declaration is of a kind that the engine does not bind, or the text too deep for a compiler.
 */
export function kernelLayout(name: string, code: string): KernelLayout {
  const text = withoutComments(code);
  refuseDepth(name, text);
  const storage: StorageBinding[] = [];
  let params: number | undefined, step: number | undefined;
  for (const [, attributes, space, access, variable] of text.matchAll(declaration)) {
    const [group, binding] = ["group", "binding"].map((attribute) =>
      Number(new RegExp(`@${attribute}\\s*\\(\\s*(\\d+)u?\\s*\\)`).exec(attributes)?.[1] ?? NaN)
    );
    if (group !== 0 || Number.isNaN(binding)) {
      throw new GpuError(
        `kernel ${name}: "${variable}" has the attributes ${attributes.trim()}; expected @group(0) and a @binding of digits.`,
      );
    }
    if (space === "storage") {
      storage.push({
        binding,
        name: variable,
        access: access === "read_write" ? "read_write" : "read",
        element: elementType(text, variable),
      });
    } else if (variable === "params") params = binding;
    else if (variable === "step") step = binding;
    else throw new GpuError(`kernel ${name}: uniform "${variable}" is neither "params" nor "step".`);
  }
  const body = /struct\s+Params\s*\{([^}]*)\}/.exec(text)?.[1] ?? "";
  const fields = [...body.matchAll(/(\w+)\s*:\s*(\w+)/g)].map(([, field, type]): UniformField => {
    if (type !== "u32" && type !== "i32" && type !== "f32") {
      throw new GpuError(
        `kernel ${name}: Params.${field} has type ${type}; only u32, i32 and f32 are laid out.`,
      );
    }
    return { name: field, type };
  });
  if (params === undefined && fields.length > 0) {
    throw new GpuError(`kernel ${name}: has a struct Params but binds no uniform called "params".`);
  }
  return { storage, params, fields, step };
}

/** Scalar type of a storage buffer: through arrays, vectors, atomics and aliases. */
function elementType(text: string, variable: string): DType | undefined {
  const declared =
    new RegExp(`\\bvar\\s*<\\s*storage\\b[^>]*>\\s*${variable}\\s*:\\s*([^;]+);`).exec(text)?.[1] ?? "";
  const resolved = declared.replace(
    /\w+/g,
    (word) => new RegExp(`\\balias\\s+${word}\\s*=\\s*([^;]+);`).exec(text)?.[1] ?? word,
  );
  const scalar = /^(?:array\s*<\s*)?(?:atomic\s*<\s*)?(?:vec[234]([fiu])\b|(?:vec[234]\s*<\s*)?([fiu])32\b)/
    .exec(resolved.trim());
  const kind = scalar?.[1] ?? scalar?.[2];
  return kind === undefined ? undefined : `${kind as "f" | "i" | "u"}32`;
}

const ranges = { u32: [0, 2 ** 32 - 1], i32: [-(2 ** 31), 2 ** 31 - 1], f32: [-Infinity, Infinity] } as const;

/** Whether a number stays finite as f32; infinity itself may be asked for. */
const fits = (value: number) => !Number.isFinite(value) || Number.isFinite(Math.fround(value));

/** Packs uniforms in the order of the struct; every field must be given. */
export function packUniforms(
  name: string,
  layout: KernelLayout,
  values: Readonly<Record<string, number>>,
): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(layout.fields.length / 4) * 16)));
  layout.fields.forEach((field, i) => {
    const value = values[field.name];
    if (value === undefined || Number.isNaN(value)) {
      throw new GpuError(
        `kernel ${name}: uniform "${field.name}" is ${value}; every field of Params needs a number.`,
      );
    }
    const [least, most] = ranges[field.type];
    if (field.type === "f32" ? !fits(value) : !Number.isInteger(value) || value < least || value > most) {
      throw new GpuError(
        `kernel ${name}: uniform "${field.name}" is ${value}; ${field.type} holds ` +
          (field.type === "f32" ? "no finite value as large." : `whole numbers from ${least} to ${most}.`),
      );
    }
    if (field.type === "f32") view.setFloat32(4 * i, value, true);
    else if (field.type === "i32") view.setInt32(4 * i, value, true);
    else view.setUint32(4 * i, value, true);
  });
  return view.buffer;
}
