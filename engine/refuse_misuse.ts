import type { Grid, Kernel, Uniforms } from "../kernels/descriptor.ts";
import type { Dispatch } from "./dispatch.ts";
import { GpuError } from "./errors.ts";
import type { KernelLayout } from "./kernel_layout.ts";

/**
 * Refuses what WebGPU would run without a word, to a wrong result or in vain.
 *
 * @throws {GpuError} when a tensor holds another type than the WGSL declares, nothing reads a uniform, or there are more
 * workgroups than elements to write
 */
export function refuseMisuse(
  kernel: Kernel,
  layout: KernelLayout,
  bindings: Dispatch["bindings"],
  uniforms: Uniforms,
  grid: Grid,
): void {
  layout.storage.forEach(({ name, element }, k) => {
    const { tensor } = bindings[k];
    if (!element || element === tensor.dtype) return;
    throw new GpuError(
      `kernel ${kernel.name}: "${name}" holds ${element} in the WGSL and ${tensor} holds ${tensor.dtype}; ` +
        "bind a tensor of that type, or declare the tensor's type and bitcast.",
    );
  });
  const surplus = surplusUniform(kernel, layout, uniforms);
  if (surplus !== undefined) {
    throw new GpuError(
      `kernel ${kernel.name}: nothing reads the uniform "${surplus}" (${uniforms[surplus]} was given); ` +
        "declare it in struct Params, or leave it out.",
    );
  }
  refuseIdleWorkgroups(kernel, bindings, grid);
}

/** A uniform that neither `Params` nor the descriptor's geometry and cost reads. */
function surplusUniform(kernel: Kernel, { fields }: KernelLayout, uniforms: Uniforms): string | undefined {
  const read = new Set(fields.map(({ name }) => name));
  const watched = new Proxy(uniforms, {
    get: (values, key) => {
      read.add(String(key));
      return values[String(key)];
    },
  });
  for (const ask of Object.values(kernel)) if (typeof ask === "function") ask(watched);
  return Object.keys(uniforms).find((key) => !read.has(key));
}

/**
 * Without atomics every workgroup must write an element of its own: more of them are a mistake in the geometry. A grid that was
 * folded may have as many to spare as it has rows.
 */
function refuseIdleWorkgroups(kernel: Kernel, bindings: Dispatch["bindings"], [x, y, z]: Grid): void {
  const outputs = bindings.filter(({ writes }) => writes);
  const elements = outputs.reduce((sum, { length }) => sum + length, 0);
  if (x * y * z < Math.max(1, elements) + y || /\batomic/.test(kernel.code)) return;
  throw new GpuError(
    `kernel ${kernel.name}: ${x} x ${y} x ${z} workgroups write ${elements} elements ` +
      `(${outputs.map(({ tensor }) => tensor).join(", ")}), so some have nothing to write; ` +
      "mend `workgroups` of the kernel, or the tensor that it is given.",
  );
}
