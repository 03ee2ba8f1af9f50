import { UserError } from "../../datasets/user_error.ts";
import { modelNamed } from "../../models/registry.ts";
import { configure, type RunWish } from "../configure.ts";
import { seedRuns, type SeriesRun } from "../series.ts";
import { foldCount, type SplitWish } from "../split_wish.ts";
import type { StudyModel, StudyWish } from "./wish.ts";

/** The trainings of one table: every model on the same rows. */
export interface StudyCell {
  /** Fold of the split, from 0; absent where it has none. */
  readonly fold?: number;
  /** Identifies the data set under its rule, all folds together. */
  readonly set: string;
  /** One a model: its label (absent: the model's own title), its registry name and its runs, one a seed. */
  readonly models: readonly {
    readonly label?: string;
    readonly model: string;
    readonly runs: readonly SeriesRun[];
  }[];
}

/** A study as a list of trainings, and as the tables that they make. */
export interface StudyTasks {
  /** In an order that depends on the wish alone, what others go on from first. */
  readonly tasks: readonly SeriesRun[];
  /** Data sets x splits x folds. */
  readonly cells: readonly StudyCell[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/**
 * The trainings that a study is made of: the same wish gives the same list on every machine.
 *
 * @throws {UserError} when two models would share a folder, or a pretraining is named that there is not.
 */
export async function studyTasks(wish: StudyWish): Promise<StudyTasks> {
  requireLabels(wish.models);
  const before = new Map<string, SeriesRun>();
  for (const { name, ...pretraining } of wish.pretraining ?? []) {
    before.set(name, { path: `${wish.out}/pretraining/${name}`, config: await configure(pretraining) });
  }
  const cells: StudyCell[] = [], notes = new Set<string>();
  const places = placesOf(wish.data);
  for (const [at, data] of wish.data.entries()) {
    const layout = await layoutOf(data, wish.models);
    const taken = wish.models.filter(({ model }) => {
      const { title, layouts } = modelNamed(model);
      if (layouts.includes(layout)) return true;
      notes.add(`${title} does not take the layout ${layout}.`);
      return false;
    });
    if (taken.length === 0) continue;
    for (const split of wish.splits) {
      for (const { fold, rule, one } of await foldsOf(split, data, layout)) {
        const set = `${places[at]}/${rule}`;
        const place = `${wish.out}/${fold === undefined ? set : `${set}/fold-${fold}`}`;
        const models: StudyCell["models"][number][] = [];
        for (const model of taken) {
          const config = await configure({ ...startOf(model, before), data, layout, split: one });
          models.push({
            ...(model.label === undefined ? {} : { label: model.label }),
            model: model.model,
            runs: seedRuns(
              config,
              config.training ? wish.seeds : 1,
              `${place}/${model.label ?? model.model}`,
            ),
          });
        }
        cells.push({ set, ...(fold === undefined ? {} : { fold }), models });
      }
    }
  }
  const tasks = [...before.values(), ...cells.flatMap(({ models }) => models.flatMap(({ runs }) => runs))];
  return { tasks, cells, notes: [...notes] };
}

/** A model with what it takes over from its pretraining, whose run may not be there yet: sizes and reading are those of its wish. */
function startOf(
  { label, pretraining, ...model }: StudyModel,
  before: ReadonlyMap<string, SeriesRun>,
): RunWish {
  if (pretraining === undefined) return model;
  const source = before.get(pretraining);
  if (!source) {
    throw new UserError(
      `${label ?? model.model}: there is no pretraining "${pretraining}"; expected ${
        [...before.keys()].join(" or ") || "one under [[pretraining]]"
      }.`,
    );
  }
  const { inherits, presets } = modelNamed(model.model);
  const inherited = (values: Readonly<Record<string, unknown>>, names: readonly string[] = []) =>
    Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
  const { path, config } = source;
  return {
    ...model,
    preset: model.preset ?? Object.keys(presets).find((name) => name === config.preset),
    settings: { ...inherited(config.settings, inherits?.settings), ...model.settings },
    reading: { ...inherited(config.reading, inherits?.reading), ...model.reading },
    from: path,
  };
}

/** Every fold of a split where it has folds and none is chosen. */
async function foldsOf(
  split: SplitWish,
  data: StudyWish["data"][number],
  layout: string,
): Promise<{ readonly fold?: number; readonly rule: string; readonly one: SplitWish }[]> {
  const { split: rule } = await configure({ model: "training-mean", data, layout, split });
  if (split.folds === undefined || split.fold !== undefined) return [{ rule: rule.rule, one: split }];
  return Array.from({ length: foldCount(rule) }, (_, fold) => ({
    fold,
    rule: rule.rule,
    one: { ...split, fold },
  }));
}

/** Two models of one name need labels, which are parts of paths. */
function requireLabels(models: readonly StudyModel[]): void {
  const names = models.map(({ label, model }) => label ?? model);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new UserError(`Two models of the study are called "${twice}"; give one of them another label.`);
  }
  const odd = names.find((name) => !/^[\w][\w .+-]*$/.test(name));
  if (odd !== undefined) {
    throw new UserError(
      `"${odd}" cannot be a model's label: it names a folder; expected letters, digits, spaces, dots, + and hyphens.`,
    );
  }
}

/** A folder's own name, told apart by number where two sets share it. */
function placesOf(data: StudyWish["data"]): string[] {
  const counts = new Map<string, number>();
  return data.map((one) => {
    const folder = typeof one === "string" ? one : one.source === "folder" ? one.folder : "simulator";
    const name = folder.replace(/\/+$/, "").split("/").at(-1)!;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

/** The layout of a folder by its files, whatever model asks; of simulated data the first that the first model takes. */
async function layoutOf(data: StudyWish["data"][number], [first]: StudyWish["models"]): Promise<string> {
  if (typeof data !== "string" && data.source === "simulator") {
    return first.layout ?? modelNamed(first.model).layouts[0];
  }
  return (await configure({ model: "training-mean", data })).layout;
}
