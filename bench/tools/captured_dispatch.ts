import { z } from "zod";

const number = z.union([z.number(), z.enum(["Infinity", "-Infinity"])]).transform(Number);

/** What `dispatch.json` of a dumped dispatch holds; the shader and the tensors lie beside it. */
export const capturedDispatchSchema = z.strictObject({
  /** Version of the format. */
  format: z.literal("perturbine dispatch 2"),
  /** Name of the kernel. */
  kernel: z.string(),
  /** Operation that recorded it, and its part of the step. */
  operation: z.string(),
  phase: z.enum(["forward", "backward", "update"]),
  /** What was run to capture it, and where. */
  source: z.string(),
  adapter: z.string(),
  adapterClass: z.enum(["gpu", "software"]),
  /** Values of `override` constants. */
  constants: z.record(z.string(), z.number()),
  /** Workgroups along x, y, z. */
  workgroups: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
  /** Fields of `Params` by name. */
  uniforms: z.record(z.string(), number),
  /** What a kernel with a `step` binding reads. */
  step: z.strictObject({
    step: z.number(),
    seed: z.number(),
    learningRate: z.number(),
  }),
  /** In the order of the WGSL. Tensors `before.NAME` and, for what is written, `after.NAME` in tensors.safetensors. */
  bindings: z.array(z.strictObject({
    name: z.string(),
    access: z.enum(["read", "read_write"]),
    dtype: z.enum(["f32", "i32", "u32"]),
    elements: z.number().int(),
    /** The tensor of the step, with its shape. */
    tensor: z.string(),
  })),
  /** Cost by the kernel's model. */
  flops: z.number(),
  bytes: z.number(),
});

/** One dispatch of a real step, to be run alone. */
export type CapturedDispatch = z.infer<typeof capturedDispatchSchema>;
