import { parse } from "smol-toml";
import { z } from "zod";
import { type ControlName, controlNames } from "../../datasets/layouts/layout.ts";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { UserError } from "../../datasets/user_error.ts";
import { issuesText } from "../parse_json.ts";
import type { AnalysisWish } from "./analyses/run_analysis.ts";
import type { Pretraining, StudyModel, StudyWish } from "./wish.ts";
import type { SplitWish } from "../split_wish.ts";

/** A study as its TOML file says; data, runs and folder are given when it is run. */
export type StudyFile = TableStudy | AnalysisStudy;

/** A study that looks at a finished run. */
export interface AnalysisStudy extends Pick<AnalysisWish, "kind" | "title" | "top" | "share"> {}

/** A study of many trainings. */
export interface TableStudy extends Pick<StudyWish, "title" | "method" | "published"> {
  /** Many trainings. */
  readonly kind: "table";
  /** Data folders, where the study has its own. */
  readonly data?: readonly string[];
  /** Each with its folds. */
  readonly splits: readonly SplitWish[];
  /** Trainings of each model on each split. */
  readonly seeds: number;
  /** With their settings. */
  readonly models: readonly StudyModel[];
  /** Runs that the models start from. */
  readonly pretraining: readonly Pretraining[];
  /** The page splits drugs by mechanism: a table of them is needed. */
  readonly needsClusters: boolean;
}

const values = z.record(z.string(), z.json());
const trained = {
  model: z.string().min(1),
  preset: z.string().optional(),
  reading: values.optional(),
  settings: values.optional(),
  training: values.optional(),
  identity: z.enum(["spelling", "canonical", "parent", "flat"]).optional(),
  control: z.enum(controlNames as [ControlName, ...ControlName[]]).optional(),
} as const;
const splitSchema = z.strictObject({
  rule: z.string().min(1),
  number: z.int().min(0).optional(),
  folds: z.int().min(2).optional(),
  fold: z.int().min(0).optional(),
  targets: z.string().optional(),
});

const tableSchema = z.strictObject({
  title: z.string().min(1),
  method: z.string().optional(),
  kind: z.literal("table").default("table"),
  data: z.array(z.string()).optional(),
  splits: z.array(splitSchema).min(1),
  seeds: z.int().positive().default(1),
  needsClusters: z.boolean().default(false),
  pretraining: z.array(z.strictObject({
    name: z.string().regex(/^[\w-]+$/),
    data: z.string().optional(),
    split: splitSchema.optional(),
    seed: z.int().min(0).optional(),
    ...trained,
  })).default([]),
  models: z.array(z.strictObject({
    label: z.string().optional(),
    pretraining: z.string().optional(),
    ...trained,
  })).min(1),
  published: z.strictObject({
    source: z.string(),
    columns: z.array(z.string()),
    rows: z.array(z.strictObject({ model: z.string(), figures: z.array(z.string()) })),
  }).optional(),
});

const analysisSchema = z.strictObject({
  title: z.string().min(1),
  kind: z.enum(["attention", "deg", "zeroshot", "tcga"]),
  top: z.int().positive().optional(),
  share: z.number().positive().max(0.5).optional(),
});

const shipped = new URL("../../bench/studies/", import.meta.url);

/** Bytes of a study's file. */
const largest = 1_000_000;

/** Names of the studies that are shipped. */
export async function studyNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(shipped)) {
    if (name.endsWith(".toml")) names.push(name.slice(0, -".toml".length));
  }
  return names.sort();
}

/**
 * A study by its name, or by the path of a TOML file.
 *
 * @throws {UserError} when there is none, or a field is unknown or out of range.
 */
export async function readStudyFile(name: string): Promise<StudyFile> {
  const isPath = /[\\/]|\.toml$/.test(name);
  const names = await studyNames();
  if (!isPath && !names.includes(name)) {
    const near = closestName(name, names);
    throw new UserError(
      `There is no study "${name}"; ${
        near ? `did you mean ${near}?` : `expected one of ${names.join(", ")}`
      }, or the path of a .toml file.`,
    );
  }
  const path = isPath ? name : new URL(`${name}.toml`, shipped);
  let text: string;
  try {
    const { size } = await Deno.stat(path);
    if (size > largest) throw new Error(`${size} bytes, expected ${largest} at most`);
    text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    throw new UserError(`${name}: the study cannot be read (${(error as Error).message}); check the path.`);
  }
  let read: unknown;
  try {
    read = parse(text);
  } catch (error) {
    throw new UserError(`${name}: no TOML (${(error as Error).message.split("\n")[0]}); mend the file.`);
  }
  const isTable = ((read as { kind?: unknown }).kind ?? "table") === "table";
  const parsed = (isTable ? tableSchema : analysisSchema).safeParse(read);
  if (!parsed.success) throw new UserError(`${name}: ${issuesText(parsed.error)}; mend the file.`);
  return parsed.data as unknown as StudyFile;
}
