import { z } from "zod";
import { UserError } from "../datasets/user_error.ts";
import type { Fit } from "./fit_exponent.ts";
import type { KernelRow, RefusedRow } from "./kernel_row.ts";
import type { ModelRow } from "./models/model_row.ts";
import type { Prediction } from "./predict/prediction.ts";
import type { Reproduction } from "./reproduce/reproduction.ts";
import type { Roofline } from "./roofline/roofline.ts";

/** Where figures come from. */
export interface BenchMachine {
  /** The adapter's own description. */
  readonly adapter: string;
  /** "gpu" or "software". */
  readonly adapterClass: string;
  /** Processor, system and runtime. */
  readonly machine: string;
  /** The processor alone: times of another do not compare. */
  readonly processor?: string;
  /** Version of the driver, as the adapter tells it. */
  readonly driver?: string;
  /** Commit of the working tree, with "+" where it held changes; absent where it is no repository. */
  readonly commit?: string;
  /** Load averages (1, 5, 15 minutes) when the measurement began. */
  readonly load?: readonly number[];
}

/** A measurement as `--json` prints it and `--out` keeps it; `compare` and `report` read it. */
export interface BenchFile {
  readonly format: "perturbine bench 1";
  /** ISO time at which it ended. */
  readonly created: string;
  /** What repeats it. */
  readonly command: string;
  readonly machine: BenchMachine | null;
  readonly seed: number | null;
  /** The higher of the ceilings below, one by one. */
  readonly roofline: Roofline | null;
  /** Ceilings as measured at the start and at the end. */
  readonly rooflines: readonly Roofline[];
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
  readonly fits: readonly Fit[];
  readonly models: readonly ModelRow[];
  readonly reproductions: readonly Reproduction[];
  /** Bounds on paper, of `bench predict`. */
  readonly predictions: readonly Prediction[];
}

const positive = z.number().nonnegative();
const orNull = z.number().nullable().default(null);

/** Rows of other programs (peers, PyTorch) carry only the first fields. */
const rowSchema = z.looseObject({
  kernel: z.string(),
  variant: z.string(),
  pass: z.enum(["forward", "backward", "both"]),
  sizes: z.record(z.string(), z.number()),
  adapter: z.string(),
  ms_median: positive,
  ms_min: positive,
  max_rel_error: z.number(),
  timer: z.string().default("wall clock"),
  repeats: z.number().default(1),
  samples_ms: z.array(positive).default([]),
  samples_canary: z.array(positive).default([]),
  canary_clock: z.enum(["device", "processors"]).default("device"),
  processor_ms: orNull,
  canary_ms: orNull,
  warmups: z.number().default(0),
  stopped: z.string().default("repeats done"),
  ms_spread: orNull,
  ms_cold: orNull,
  gflops: orNull,
  gbs: orNull,
  gflops_done: orNull,
  gbs_done: orNull,
  intensity: orNull,
  roofline_share: orNull,
  flag: z.string().nullable().default(null),
  speedup_vs_naive: orNull,
  speedup_interval: z.tuple([z.number(), z.number()]).nullable().default(null),
  vs_first: z.object({ ratio: z.number(), low: z.number(), high: z.number() }).nullable().default(null),
  peak_bytes: orNull,
  dispatches: orNull,
  compile_ms: orNull,
  host_us_per_dispatch: orNull,
  drift: z.number().default(1),
});

const fileSchema = z.looseObject({
  rows: z.array(rowSchema).default([]),
  refused: z.array(z.looseObject({
    kernel: z.string(),
    variant: z.string(),
    reason: z.string(),
    sizes: z.record(z.string(), z.number()).default({}),
    adapter: z.string().default(""),
    max_rel_error: orNull,
  })).default([]),
  fits: z.array(z.looseObject({
    kernel: z.string(),
    size: z.string(),
    exponent: z.number(),
    error: orNull,
    start: orNull,
  })).default([]),
  models: z.array(z.looseObject({
    model: z.string(),
    pass: z.string(),
    tuned: z.boolean().default(false),
    samples_ms: z.array(positive).default([]),
    samples_canary: z.array(positive).default([]),
    canary_clock: z.enum(["device", "processors"]).default("device"),
    parts: z.looseObject({ alone: z.number() }).nullable().default(null),
  })).default([]),
  reproductions: z.array(z.looseObject({ name: z.string() })).default([]),
  predictions: z.array(z.looseObject({
    kind: z.enum(["kernel", "model"]),
    name: z.string(),
    variant: z.string(),
    sizes: z.record(z.string(), z.number()),
    chip: z.string(),
    ms: positive,
    limiter: z.enum(["launch", "memory", "arithmetic"]),
    assumed: z.looseObject({ launchMicroseconds: positive, latencyNanoseconds: positive }),
  })).default([]),
  roofline: z.looseObject({ gflops: positive, gbs: positive }).nullable().default(null),
  rooflines: z.array(z.looseObject({ gflops: positive, gbs: positive })).default([]),
  machine: z.looseObject({ adapter: z.string(), adapterClass: z.string(), machine: z.string() })
    .nullable().default(null),
  seed: z.number().nullable().default(null),
  created: z.string().default(""),
  command: z.string().default(""),
});

/**
 * Reads a measurement: this project's, or rows of the same names from elsewhere (peers, PyTorch).
 *
 * @throws {UserError} in one sentence when the file is missing or holds something else.
 */
export async function readBenchFile(path: string): Promise<BenchFile> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(
      `${path} cannot be read (${error.message}); \`bench kernels --out FILE\` writes one.`,
    );
  });
  return parseBenchFile(text, path);
}

/** The same from its text. @throws {UserError} */
export function parseBenchFile(text: string, path: string): BenchFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is no JSON (${(error as Error).message}); was it cut short?`);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0];
    throw new UserError(`${path} is no bench file: ${place.join(".") || "its top"}: ${message}.`);
  }
  return { ...parsed.data, format: "perturbine bench 1" } as unknown as BenchFile;
}

/** Names a row apart from its figures: the same key in two files is the same work. */
export function rowKey(
  { kernel, variant, pass, sizes }: Pick<KernelRow, "kernel" | "variant" | "pass" | "sizes">,
) {
  const named = Object.keys(sizes).sort().map((name) => `${name}=${sizes[name]}`).join(" ");
  return `${kernel} ${variant} ${pass} ${named}`;
}
