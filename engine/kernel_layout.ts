import { GpuError } from "./errors.ts";

/** One storage buffer of a kernel, as its WGSL declares it. */
export interface StorageBinding {
  /** Number of the binding. */
  readonly binding: number;
  /** Variable of the WGSL. */
  readonly name: string;
  /** As declared. */
  readonly access: "read" | "read_write";
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
}

const declaration =
  /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(storage|uniform)\s*(?:,\s*(read|read_write)\s*)?>\s*(\w+)\s*:/g;

/**
 * Reads bindings and uniforms from WGSL.
 *
 * @throws {GpuError} when a declaration is of a kind that the engine does not bind.
 */
export function kernelLayout(name: string, code: string): KernelLayout {
  const text = code.replace(/\/\/[^\n]*/g, "");
  const storage: StorageBinding[] = [];
  let params: number | undefined, step: number | undefined;
  for (const [, number, space, access, variable] of text.matchAll(declaration)) {
    const binding = Number(number);
    if (space === "storage") {
      storage.push({ binding, name: variable, access: access === "read_write" ? "read_write" : "read" });
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
    if (field.type === "f32") view.setFloat32(4 * i, value, true);
    else if (field.type === "i32") view.setInt32(4 * i, value, true);
    else view.setUint32(4 * i, value, true);
  });
  return view.buffer;
}
