import { z } from "zod";
import { UserError } from "../../datasets/user_error.ts";
import { openSafetensors, saveSafetensors, type StoredTensor } from "../../host/checkpoint/mod.ts";
import type { HostArray } from "../../engine/mod.ts";
import type { DispatchCapture } from "./capture_dispatch.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { type CapturedDispatch, capturedDispatchSchema } from "./captured_dispatch.ts";

/** Where a capture comes from. */
export type CaptureOrigin = Pick<CapturedDispatch, "source" | "adapter" | "adapterClass">;

/** A dumped dispatch in memory. */
export interface LoadedCapture {
  readonly description: CapturedDispatch;
  readonly code: string;
  /** Values of every binding before the dispatch, and of the written ones after it. */
  readonly before: ReadonlyMap<string, HostArray>;
  readonly after: ReadonlyMap<string, HostArray>;
}

const files = { description: "dispatch.json", code: "kernel.wgsl", tensors: "tensors.safetensors" } as const;

/**
 * Writes a captured dispatch as a folder: `kernel.wgsl` (the final text), `dispatch.json` (bindings, geometry,
 * uniforms, constants, cost) and `tensors.safetensors` (what it read and what it left).
 */
export async function saveCapture(
  folder: string,
  capture: DispatchCapture,
  origin: CaptureOrigin,
): Promise<CapturedDispatch> {
  const { dispatch: { kernel, compiled, bindings, uniforms, operation, phase }, values } = capture;
  const tensors = new Map<string, StoredTensor>();
  const described = compiled.layout.storage.map(
    ({ name, access }, k): CapturedDispatch["bindings"][number] => {
      const { tensor, length } = bindings[k];
      const { dtype } = tensor;
      tensors.set(`before.${name}`, stored(dtype, capture.before[k]));
      const after = capture.after[k];
      if (after) tensors.set(`after.${name}`, stored(dtype, after));
      return { name, access, dtype, elements: length, tensor: String(tensor) };
    },
  );
  const description: CapturedDispatch = {
    format: "perturbine dispatch 2",
    kernel: kernel.name,
    operation,
    phase,
    ...origin,
    constants: { ...kernel.constants },
    workgroups: [...kernel.workgroups(uniforms)],
    // A call may hand over more than this kernel declares.
    uniforms: Object.fromEntries(compiled.layout.fields.map(({ name }) => [name, uniforms[name]])),
    step: values,
    bindings: described,
    flops: kernel.flops(uniforms),
    bytes: kernel.bytes(uniforms),
  };
  await Deno.mkdir(folder, { recursive: true });
  await saveSafetensors(`${folder}/${files.tensors}`, tensors);
  await writeFileAtomic(`${folder}/${files.code}`, compiled.code.trimEnd() + "\n");
  const text = JSON.stringify(
    description,
    (_, value) => Math.abs(value) === Infinity ? String(value) : value,
    2,
  );
  await writeFileAtomic(`${folder}/${files.description}`, text + "\n");
  return description;
}

/** Reads such a folder. @throws {UserError} when a file is missing or damaged. */
export async function loadCapture(folder: string): Promise<LoadedCapture> {
  const description = await readDescription(folder);
  const code = await Deno.readTextFile(`${folder}/${files.code}`).catch(() => {
    throw new UserError(`${folder} has no ${files.code}; dump the dispatch again.`);
  });
  using tensors = await openSafetensors(`${folder}/${files.tensors}`);
  const before = new Map<string, HostArray>();
  const after = new Map<string, HostArray>();
  for (const { name, access, elements } of description.bindings) {
    for (const [prefix, into] of access === "read" ? [["before", before] as const] : both(before, after)) {
      const { data } = await tensors.read(`${prefix}.${name}`);
      if (data.length !== elements) {
        throw new UserError(
          `${folder}/${files.tensors}: ${prefix}.${name} has ${data.length} values, expected ${elements}; ` +
            "dump the dispatch again.",
        );
      }
      into.set(name, data as HostArray);
    }
  }
  return { description, code, before, after };
}

function both<T>(before: T, after: T) {
  return [["before", before], ["after", after]] as const;
}

async function readDescription(folder: string): Promise<CapturedDispatch> {
  const path = `${folder}/${files.description}`;
  const text = await Deno.readTextFile(path).catch(() => {
    throw new UserError(
      `${folder} holds no dumped dispatch (no ${files.description}); make one with \`perturbine kernel dump\`.`,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not JSON (${(error as Error).message}); mend the file or dump again.`);
  }
  const parsed = capturedDispatchSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UserError(
    `${path}: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}; mend the file or dump again.`,
  );
}

function stored(dtype: "f32" | "i32" | "u32", bytes: ArrayBuffer): StoredTensor {
  const shape = [bytes.byteLength / 4];
  if (dtype === "f32") return { dtype: "F32", shape, data: new Float32Array(bytes) };
  if (dtype === "i32") return { dtype: "I32", shape, data: new Int32Array(bytes) };
  return { dtype: "U32", shape, data: new Uint32Array(bytes) };
}
