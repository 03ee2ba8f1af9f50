import { z } from "zod";
import type { DrugIdentity } from "../datasets/dataset.ts";
import { type ControlName, controlNames } from "../datasets/layouts/layout.ts";
import type { SplitRule } from "../datasets/splits/split_rule.ts";
import { splitRuleSchema } from "../datasets/splits/split_rule.ts";
import type { TrainingSettings } from "../models/model.ts";
import { trainingSchema } from "../models/training_settings.ts";

/** Where the rows come from: files, or the built-in simulator. */
export type DataSource =
  | { readonly source: "folder"; readonly folder: string }
  | { readonly source: "simulator"; readonly options: Readonly<Record<string, unknown>> };

/** Everything that determines a run: `config.json` of a run folder holds exactly this, and `--config` reads it back. */
export interface RunConfig {
  /** Version of this format. */
  readonly format: "perturbine run 2";
  /** Name in the registry. */
  readonly model: string;
  /** What the settings started from; null: none. */
  readonly preset: string | null;
  /** Name of the layout of the data. */
  readonly layout: string;
  /** Where the rows come from. */
  readonly data: DataSource;
  /** Settings of the layout, complete. */
  readonly reading: Readonly<Record<string, unknown>>;
  /** How drugs are told apart. */
  readonly identity: DrugIdentity;
  /** Which rows are held out. */
  readonly split: SplitRule;
  /** An input that is disturbed in training and in testing; null: none. */
  readonly control: ControlName | null;
  /** Settings of the model, complete. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Null for a model that is fitted in closed form. */
  readonly training: TrainingSettings | null;
  /** Of everything that is drawn. */
  readonly seed: number;
  /** Run folder or checkpoint whose parameters are taken over; null: none. */
  readonly from: string | null;
}

/** Checks the shape of a {@link RunConfig}; `settings` and `reading` are checked by the schemas of model and layout. */
export const runConfigSchema: z.ZodType<RunConfig> = z.strictObject({
  format: z.literal("perturbine run 2"),
  model: z.string().min(1),
  preset: z.string().nullable(),
  layout: z.string().min(1),
  data: z.discriminatedUnion("source", [
    z.strictObject({ source: z.literal("folder"), folder: z.string().min(1) }),
    z.strictObject({ source: z.literal("simulator"), options: z.record(z.string(), z.json()) }),
  ]),
  reading: z.record(z.string(), z.json()),
  identity: z.enum(["spelling", "canonical", "parent", "flat"]),
  split: splitRuleSchema,
  control: z.enum(controlNames as [ControlName, ...ControlName[]]).nullable(),
  settings: z.record(z.string(), z.json()),
  training: trainingSchema.nullable(),
  seed: z.int().min(0).max(0xffffffff),
  from: z.string().min(1).nullable(),
});
