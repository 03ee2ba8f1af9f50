import type { Dataset } from "../datasets/dataset.ts";
import { closestName } from "../datasets/readers/closest_name.ts";
import { UserError } from "../datasets/user_error.ts";
import type { Predictor } from "../models/model.ts";
import { Device } from "./device.ts";
import { openPredictor } from "./predictors.ts";
import type { PreparedRun } from "./prepare.ts";
import { FinishedRuns } from "./prepare_finished.ts";
import { resultParameters } from "./take_parameters.ts";
import { tuningOfRun } from "./tuning.ts";

/** A finished run with its parameters in place. */
export interface OpenRun {
  readonly prepared: PreparedRun;
  readonly predictor: Predictor;
}

/** Opens a finished run for as long as `use` takes; on other rows than its own where `dataOf` gives them. */
export async function withRun<Result>(
  run: string,
  use: (open: OpenRun) => Promise<Result>,
  dataOf: (prepared: PreparedRun) => Promise<Dataset> | Dataset = ({ shown }) => shown,
): Promise<Result> {
  const prepared = await new FinishedRuns().prepare(run);
  const data = await dataOf(prepared);
  using device = new Device(() => tuningOfRun(run));
  await using predictor = await openPredictor(prepared, data, device);
  predictor.restore(await resultParameters(run));
  return await use({ prepared, predictor });
}

/** Number of a drug by name or identity. @throws {UserError} naming the nearest where there is none. */
export function drugUnit({ drug, source }: Dataset, text: string): number {
  const wanted = text.trim().toLowerCase();
  const unit = drug.names.findIndex((name, at) =>
    name.toLowerCase() === wanted || drug.ids[at] === text.trim()
  );
  if (unit >= 0) return unit;
  const near = closestName(text, drug.names);
  throw new UserError(
    `${source} has no drug "${text}"; ${near ? `did you mean ${near}?` : `it has such as ${drug.names[0]}.`}`,
  );
}
