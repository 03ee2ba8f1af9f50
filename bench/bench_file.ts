import { z } from "zod";
import { UserError } from "../datasets/user_error.ts";
import type { Fit } from "./fit_exponent.ts";
import type { KernelRow, RefusedRow } from "./kernel_row.ts";
import type { ModelRow } from "./models/model_row.ts";
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
  readonly roofline: Roofline | null;
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
  readonly fits: readonly Fit[];
  readonly models: readonly ModelRow[];
  readonly reproductions: readonly Reproduction[];
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
  ms_spread: z.number().default(0),
  gflops: orNull,
  gbs: orNull,
  intensity: orNull,
  roofline_share: orNull,
  speedup_vs_naive: orNull,
  peak_bytes: orNull,
  dispatches: orNull,
  compile_ms: orNull,
  host_us_per_dispatch: orNull,
  drift: z.number().default(1),
});

const fileSchema = z.looseObject({
  rows: z.array(rowSchema).default([]),
  refused: z.array(z.looseObject({ kernel: z.string(), variant: z.string(), reason: z.string() })).default(
    [],
  ),
  fits: z.array(z.looseObject({ kernel: z.string(), size: z.string(), exponent: z.number() })).default([]),
  models: z.array(z.looseObject({ model: z.string(), pass: z.string() })).default([]),
  reproductions: z.array(z.looseObject({ name: z.string() })).default([]),
  roofline: z.object({ gflops: positive, gbs: positive }).nullable().default(null),
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
