import { z } from "zod";
import { UserError } from "../datasets/user_error.ts";
import type { EpochLine, MetricsLine } from "../models/train_record.ts";
import type { RunReport } from "../report/run_report.ts";
import { issuesText, parseJson } from "./parse_json.ts";
import { formatFault } from "../host/checkpoint/known_format.ts";
import { jsonOfText } from "../host/json_text.ts";
import { system } from "../host/system.ts";

/**
 * The results that a finished run wrote.
 *
 * @throws {UserError} when there are none, or of an older format.
 * @example
 * ```ts
 * const { verdict } = await readReport("runs/csg2a");
 * ```
 */
export async function readReport(run: string): Promise<RunReport> {
  const remedy = `write it anew with \`perturbine resume ${run}\``;
  // Written by this program from the same type; of another format no further field is looked at.
  return await parseJson(`${run}/results.json`, marked.transform((value): unknown => value).pipe(written), {
    remedy,
  }) as unknown as RunReport;
}

const text = z.string(), number = z.number().nullable(), part = z.looseObject({});

const epochSchema = z.looseObject({
  type: z.literal("epoch"),
  epoch: z.int().min(0),
  step: z.int().min(0),
  learningRate: number,
  trainLoss: number,
  validationLoss: number,
  validationPearson: number,
  validationMetrics: z.record(text, number).optional(),
  best: z.boolean(),
});

/** What of the lines of `metrics.jsonl` is read again; numbers that were not finite stand as null. */
const lineSchema = z.union([epochSchema, z.looseObject({ type: z.enum(["step", "test"]) })]);

const marked = z.looseObject({
  format: z.literal("perturbine results 2", {
    error: ({ input }) =>
      formatFault(input, ["perturbine results 2"])?.includes("newer")
        ? "written by a newer version"
        : "written by an older version",
  }),
});

/** What of the results is read again. */
const written = z.looseObject({
  ...{ title: text, model: text, layout: text, primary: text, notes: z.array(text) },
  outputs: z.looseObject({ kind: text, unit: text }),
  split: z.looseObject({ name: text, checksum: text }),
  counts: z.record(text, z.number()),
  verdict: z.looseObject({ sentence: text }),
  predictions: z.array(z.looseObject({ name: text, role: text, metrics: z.record(text, number) })).min(1),
  ...{ drugs: z.array(part), cells: z.array(part), genes: z.array(part), kernels: z.array(part) },
  epochs: z.array(epochSchema),
  bestEpoch: z.int().nullable(),
  environment: z.looseObject({ adapter: text, runtime: text }),
  ...{ trainingSeconds: z.number(), parameters: z.number(), memory: part.nullable(), config: part },
});

/** Whether a run has come to its end. */
export async function isFinished({ path }: { readonly path: string }): Promise<boolean> {
  return await readReport(path).then(() => true, () => false);
}

/** The epochs of a run, as its `metrics.jsonl` tells them. @throws {UserError} naming the line that is damaged. */
export async function epochLines(run: string): Promise<EpochLine[]> {
  const path = `${run}/metrics.jsonl`;
  const text = await system.readTextFile(path).catch(() => "");
  const lines = text.trimEnd().split("\n").filter((line) => line !== "").map((line, index): MetricsLine => {
    try {
      return lineSchema.parse(jsonOfText(line)) as MetricsLine;
    } catch (error) {
      throw new UserError(
        `${path}, line ${index + 1}: ${
          error instanceof z.ZodError ? issuesText(error) : (error as Error).message
        }; the file was damaged after it was written, ` +
          "so restore it, or start the run anew with --force.",
      );
    }
  });
  return lines.filter((line) => line.type === "epoch");
}
