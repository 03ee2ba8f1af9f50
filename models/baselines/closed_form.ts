import { z } from "zod";
import { layoutNames } from "../layout_names.ts";
import type { Dataset, Matrix } from "../../datasets/dataset.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { FitOptions, FitOutcome, Model, OpenOptions, Predictor } from "../model.ts";
import { initialTrainState } from "../train_state.ts";
import type { NamedTensors } from "../training_task.ts";

/** What a baseline without a training loop says of itself. */
export interface ClosedForm<Settings>
  extends
    Pick<Model<Settings>, "name" | "title" | "summary">,
    Partial<Pick<Model<Settings>, "role" | "layouts" | "looksAtTraining">> {
  /** Checks its settings; left out: it has none. */
  readonly settings?: Model<Settings>["settings"];
  /** The only preset; left out: no settings. */
  readonly released?: Settings;
  /** Binds it to data. */
  open(options: OpenOptions<Settings, unknown>): Promise<Fit> | Fit;
}

/** A closed form on its data. */
export interface Fit {
  /** Fits the training rows; what was chosen on the validation rows, in words. */
  fit(): Promise<string | undefined> | string | undefined;
  /** See {@link Predictor.predict}. */
  predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> | Float32Array<ArrayBuffer>;
  /** See {@link Predictor.state}. */
  state(): NamedTensors;
  /** See {@link Predictor.restore}; tells again what had been chosen. */
  restore(state: NamedTensors): string | undefined;
}

/**
 * A model without a training loop: it takes every layout, needs no device, and `fit` leaves its result in the store at once.
 *
 * @example
 * ```ts ignore
 * export const zero = closedForm({ name: "zero", title: "Zero", summary: "zero for every output", open: ... });
 * ```
 */
export function closedForm<Settings = Record<never, never>>(
  { open, released, settings, ...said }: ClosedForm<Settings>,
): Model<Settings> {
  return {
    role: "baseline",
    layouts: layoutNames,
    looksAtTraining: false,
    settings: settings ?? z.strictObject({}) as unknown as Model<Settings>["settings"],
    presets: { released: { settings: released ?? {} as Settings } },
    ...said,
    open: async (options) => new ClosedFormPredictor(await open(options), options.data, said.title),
  };
}

/** The true values of data. @throws {UserError} when they have none. */
export function truthOf({ truth, source }: Pick<Dataset, "truth" | "source">): Matrix {
  if (truth) return truth;
  throw new UserError(
    `${source}: no true values, so nothing can be fitted to it; give data that were measured.`,
  );
}

/** Rows are read this many at a time, so that a table larger than memory will do. */
const chunkRows = 512;

/** Runs of at most 512 rows. */
export function* chunksOf(rows: Uint32Array): Generator<Uint32Array> {
  for (let from = 0; from < rows.length; from += chunkRows) yield rows.subarray(from, from + chunkRows);
}

class ClosedFormPredictor implements Predictor {
  #fitted = false;

  constructor(readonly form: Fit, readonly data: Dataset, readonly title: string) {}

  async fit({ store }: FitOptions): Promise<FitOutcome> {
    let chosen: string | undefined;
    if (await store?.load()) {
      chosen = this.form.restore(await store!.result());
    } else {
      chosen = await this.form.fit();
      // A run like any other: its state says that nothing is left to do, its result is this one.
      const state = {
        ...initialTrainState,
        best: { epoch: 0, step: 0, validationLoss: null },
        finished: true,
      };
      await store?.save(state, this.form.state(), new Map());
    }
    this.#fitted = true;
    return {
      status: "finished",
      step: 0,
      epoch: 0,
      bestEpoch: null,
      ...(chosen === undefined ? {} : { chosen }),
    };
  }

  async predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    this.#requireFit();
    return await this.form.predict(rows);
  }

  // deno-lint-ignore require-await
  async state(): Promise<NamedTensors> {
    this.#requireFit();
    return this.form.state();
  }

  restore(state: NamedTensors): void {
    this.form.restore(state);
    this.#fitted = true;
  }

  #requireFit(): void {
    if (!this.#fitted) {
      throw new UserError(
        `${this.title} was neither fitted to ${this.data.source} nor restored; fit it first.`,
      );
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
