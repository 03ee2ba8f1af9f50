import type { Dataset } from "../datasets/dataset.ts";
import type { Query, QueryRequest } from "../datasets/layouts/layout.ts";
import { layoutNamed } from "../datasets/layouts/mod.ts";
import type { Split } from "../datasets/types.ts";
import type { Predictor } from "../models/model.ts";
import { modelNamed } from "../models/registry.ts";
import { requireSameConfig, requireSameData } from "./data_record.ts";
import { Device } from "./device.ts";
import { openPredictor } from "./predictors.ts";
import { controlNamed, type PreparedRun, prepareRun } from "./prepare.ts";
import { readConfig } from "./read_config.ts";
import type { RunConfig } from "./run_config.ts";
import { genesToFollow } from "./run_genes.ts";
import { resultParameters } from "./take_parameters.ts";
import { tuningOfRun } from "./tuning.ts";

/** A question put to a finished run, as long as `use` runs. */
export interface Asked {
  readonly config: RunConfig;
  readonly query: Query<unknown>;
  /** What the model is bound to; the asked rows are `rows` of it. */
  readonly data: Dataset;
  readonly rows: Uint32Array;
  /** With the run's parameters. */
  readonly predictor: Predictor;
  readonly adapter: string | undefined;
  /** The run's own data and split; read when first asked for. @throws {UserError} when they are gone or have changed. */
  own(): Promise<PreparedRun>;
}

/**
 * Binds a finished run to rows that a user asks about. The run's data are read only where the question, or the model (nearest
 * neighbours), needs them.
 *
 * @throws {UserError} when the run is not finished, or the question is faulty.
 */
export async function ask<Result>(
  run: string,
  request: QueryRequest | ((own: Asked["own"]) => Promise<QueryRequest>),
  use: (asked: Asked) => Promise<Result>,
): Promise<Result> {
  const config = await readConfig(run);
  await requireSameConfig(run, config);
  const state = await resultParameters(run);
  const model = modelNamed(config.model), layout = layoutNamed(config.layout);
  let prepared: Promise<PreparedRun> | undefined;
  const own = () =>
    prepared ??= (async () => {
      const read = await prepareRun(config, await genesToFollow(run, config.from));
      await requireSameData(run, read);
      return read;
    })();
  const query = await layout.query(typeof request === "function" ? await request(own) : request, {
    run,
    settings: layout.settings.parse(config.reading),
    identity: config.identity,
    own: async () => (await own()).data,
  });
  const { data, split, first } = model.looksAtTraining
    ? await behindOwn(await own(), query.data)
    : { data: query.data, split: asTest(query.data.rows), first: 0 };
  const rows = Uint32Array.from({ length: query.data.rows }, (_, row) => first + row);
  const shown = config.control === null
    ? data
    : controlNamed(layout, config.control).disturb(data, rows, config.seed);
  using device = new Device(() => tuningOfRun(run));
  await using predictor = await openPredictor(
    { model, config, split },
    // One asked row cannot be permuted: it is shown as it is.
    typeof shown === "string" ? data : shown,
    device,
  );
  predictor.restore(state);
  return await use({ config, query, data, rows, predictor, adapter: device.adapter, own });
}

function behindOwn({ data, shown, split, layout }: PreparedRun, asked: Dataset) {
  return Promise.resolve({ data: layout.append(shown, asked), split, first: data.rows });
}

function asTest(rows: number): Split {
  const none = new Uint32Array();
  return {
    name: "asked rows",
    train: none,
    validation: none,
    test: Uint32Array.from({ length: rows }, (_, row) => row),
  };
}
