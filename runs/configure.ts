import { basename, resolve } from "node:path";
import type { z } from "zod";
import { closestName } from "../datasets/readers/closest_name.ts";
import { fileNamed, filesIn } from "../datasets/readers/data_folder.ts";
import type { DrugIdentity } from "../datasets/dataset.ts";
import type { ControlName } from "../datasets/layouts/layout.ts";
import { layoutNamed } from "../datasets/layouts/mod.ts";
import type { SplitRule } from "../datasets/splits/split_rule.ts";
import { UserError } from "../datasets/user_error.ts";
import type { Model, ModelPreset, TrainingSettings } from "../models/model.ts";
import { modelNamed } from "../models/registry.ts";
import { trainingSchema } from "../models/training_settings.ts";
import { issuesText } from "./parse_json.ts";
import { pathSettings } from "./path_settings.ts";
import { readConfig } from "./read_config.ts";
import { type DataSource, type RunConfig, runConfigSchema } from "./run_config.ts";
import { SettingsError } from "./errors.ts";
import { splitRuleOf, type SplitWish } from "./split_wish.ts";
import { system } from "../host/system.ts";

/** What a user asks for; everything but the model may be left out. */
export interface RunWish {
  /** Name in the registry. */
  readonly model: string;
  /** Starting point; absent: the first of the model's. */
  readonly preset?: string;
  /** A complete configuration to start from instead of a preset. */
  readonly base?: RunConfig;
  /** Data folder, or the simulator's options; absent: the simulator. */
  readonly data?: string | DataSource;
  /** Name of the layout; absent: told by the folder's files. */
  readonly layout?: string;
  /** Settings of the layout. */
  readonly reading?: object;
  /** How drugs are told apart. */
  readonly identity?: DrugIdentity;
  /** Which rows are held out. */
  readonly split?: SplitWish;
  /** An input that is disturbed in training and testing; null: none. */
  readonly control?: ControlName | null;
  /** Settings of the model. */
  readonly settings?: object;
  /** How it is trained; what a closed form does not have. */
  readonly training?: Partial<TrainingSettings>;
  /** Of everything that is drawn. */
  readonly seed?: number;
  /** Run folder or checkpoint whose parameters are taken over; a run hands on its sizes and reading too. */
  readonly from?: string | null;
}

/**
 * A complete configuration: a preset (or another configuration) with what is asked for laid over it.
 *
 * Sections are merged field by field; what is undefined changes nothing. Paths become absolute.
 *
 * @throws {SettingsError} naming every field that is unknown or out of range.
 * @throws {UserError} when the folder is of no layout that the model takes.
 * @example
 * ```ts
 * const config = await configure({ model: "ridge", data: "data/skbr3", split: { rule: "drug-blind" } });
 * ```
 */
export async function configure(wish: RunWish): Promise<RunConfig> {
  const model = modelNamed(wish.model);
  const { base } = wish;
  if (base && base.model !== model.name) {
    throw new SettingsError(
      `The configuration is of ${base.model}, not of ${model.name}; give one of ${model.name}.`,
    );
  }
  const from = wish.from === undefined ? base?.from ?? null : wish.from === null ? null : resolve(wish.from);
  const source = base ? undefined : await sourceRun(from);
  const preset = wish.preset ?? base?.preset ?? presetLike(model, source);
  const start = base ? undefined : presetNamed(model, preset);
  const data = dataOf(wish.data) ?? base?.data ?? { source: "simulator" as const, options: {} };
  const layout = layoutNamed(wish.layout ?? base?.layout ?? await layoutOf(model, data));
  const reading = merged(
    base?.reading ?? {
      ...(model.role === "model" ? {} : layout.tableOnly),
      ...start!.reading,
      ...inherited(source?.reading, model.inherits?.reading),
    },
    wish.reading,
  );
  const settings = merged(
    base?.settings ?? { ...start!.settings, ...inherited(source?.settings, model.inherits?.settings) },
    wish.settings,
  );
  const training = base ? base.training : start!.training ?? null;
  if (!training && wish.training && Object.values(wish.training).some((value) => value !== undefined)) {
    throw new SettingsError(
      `${model.title} is fitted in closed form: it has no epochs, batches or learning rate to set; leave them out.`,
    );
  }
  return runConfigSchema.parse({
    format: "perturbine run 2",
    model: model.name,
    preset,
    layout: layout.name,
    data,
    reading: withPaths(layout.settings, checked(layout.settings, reading, `the ${layout.name} layout`)),
    identity: wish.identity ?? base?.identity ?? "parent",
    split: await splitRuleOf(wish.split, base?.split ?? splitOfPreset(start?.split)),
    control: wish.control === undefined ? base?.control ?? null : wish.control,
    settings: withPaths(model.settings, checked(model.settings, settings, model.title)),
    training: training && checked(trainingSchema, merged(training, wish.training), "training"),
    seed: wish.seed ?? base?.seed ?? start?.seed ?? 42,
    from,
  });
}

/**
 * A name for a run folder from what it is trained on: `csg2a-skbr3-drug-blind`.
 *
 * @example
 * ```ts
 * console.log(runName(await configure({ model: "ridge", split: { rule: "drug-blind" } })));
 * ```
 */
export function runName({ model, data, split, control }: RunConfig): string {
  const name = data.source === "simulator" ? "simulator" : basename(data.folder);
  const parts = [
    model,
    name,
    ...(split.rule === "random" ? [] : [split.rule]),
    ...(control ? [control] : []),
  ];
  return parts.join("-").replace(/[^\w.-]+/g, "-");
}

function dataOf(data: RunWish["data"]): DataSource | undefined {
  return typeof data === "string" ? { source: "folder", folder: resolve(data) } : data;
}

/** The layout that a folder has, among those that the model takes. */
async function layoutOf(model: Model, data: DataSource): Promise<string> {
  const taken = model.layouts;
  if (data.source === "simulator" || taken.length === 1) return taken[0];
  const names = await filesIn(data.folder);
  const fitting = taken.filter((name) =>
    layoutNamed(name).files.every((file) => fileNamed(names, file) !== undefined)
  );
  // A folder with a graph beside its profiles is one of the layout that asks for more files.
  const files = (name: string) => layoutNamed(name).files.length;
  if (fitting.length > 0) return fitting.reduce((most, name) => files(name) > files(most) ? name : most);
  const expected = taken.map((name) => `${name} (${layoutNamed(name).files.join(", ")})`).join("; ");
  throw new UserError(
    `${data.folder}: its files are of no layout that ${model.title} takes, expected ${expected}.`,
  );
}

function presetNamed(model: Model, name: string): ModelPreset<Record<string, unknown>> {
  const preset = model.presets[name];
  if (preset) return preset;
  const names = Object.keys(model.presets);
  const near = closestName(name, names);
  throw new SettingsError(
    `${model.title} has no preset "${name}"; ${
      near ? `did you mean ${near}?` : `expected one of ${names.join(", ")}.`
    }`,
  );
}

/** The preset of the run that is taken over, where this model has one of that name. */
function presetLike(model: Model, source: RunConfig | undefined): string {
  const names = Object.keys(model.presets);
  return names.find((name) => name === source?.preset) ?? names[0];
}

/** The configuration of the run that is taken over; undefined for a bare checkpoint or none. */
async function sourceRun(from: string | null): Promise<RunConfig | undefined> {
  if (from === null) return undefined;
  const stat = await system.stat(from).catch(() => undefined);
  return stat?.isDirectory ? await readConfig(from) : undefined;
}

function inherited(values: Readonly<Record<string, unknown>> = {}, names: readonly string[] = []): object {
  return Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
}

function splitOfPreset(split: Readonly<Record<string, unknown>> | undefined): SplitRule {
  return (split as SplitRule | undefined) ?? { rule: "random", number: 0 };
}

/** Fields of `over` laid over `base`; objects field by field unless they are tagged by a `kind`. */
function merged(base: object, over: object = {}): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const before = result[key];
    result[key] = isPlain(value) && isPlain(before) && !("kind" in value) ? merged(before, value) : value;
  }
  return result;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checked<Value>(schema: z.ZodType<Value>, value: object, of: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SettingsError(`Settings of ${of}: ${issuesText(parsed.error)}.`);
}

/** Makes paths absolute. */
function withPaths(schema: z.ZodType, values: object): object {
  const paths = pathSettings(schema, values);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, paths.includes(key) ? resolve(value) : value]),
  );
}
