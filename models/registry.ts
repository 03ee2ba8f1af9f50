import type { Dataset } from "../datasets/dataset.ts";
import { closestName } from "../datasets/readers/closest_name.ts";
import { UserError } from "../datasets/user_error.ts";
import { baselines } from "./baselines/mod.ts";
import { badgerModel } from "./badger/model.ts";
import { badgerLightModel } from "./badger_light/model.ts";
import { cigerModel } from "./ciger/model.ts";
import { csg2aModel } from "./csg2a/model.ts";
import { csg2aResponseModel } from "./csg2a_response/model.ts";
import { deepceModel } from "./deepce/model.ts";
import { kgGatModel, kgGatv2Model } from "./kg_gat/model.ts";
import { kgMlpModel } from "./kg_mlp/model.ts";
import { forest } from "./forest/model.ts";
import { knnModel } from "./knn/model.ts";
import { mlpModel } from "./mlp/model.ts";
import { gaussianProcess } from "./gaussian_process/model.ts";
import { svr } from "./svr/model.ts";
import type { Model } from "./model.ts";

/** Every model, in the order of help and tables: a new one is a line here. */
export const models: readonly Model[] = [
  csg2aModel,
  csg2aResponseModel,
  badgerModel,
  badgerLightModel,
  mlpModel,
  knnModel,
  deepceModel,
  cigerModel,
  kgGatModel,
  kgGatv2Model,
  kgMlpModel,
  forest,
  svr,
  gaussianProcess,
  ...baselines,
];

/**
 * The model of that name.
 *
 * @throws {UserError} for an unknown name, with the nearest one.
 * @example
 * ```ts
 * import { modelNamed } from "perturbine/models";
 * console.log(Object.keys(modelNamed("csg2a").presets));
 * ```
 */
export function modelNamed(name: string): Model {
  const model = models.find((one) => one.name === name);
  if (model) return model;
  const names = models.map((one) => one.name);
  const near = closestName(name, names);
  throw new UserError(
    `There is no model "${name}"; ${near ? `did you mean ${near}?` : `expected one of ${names.join(", ")}.`}`,
  );
}

/**
 * The models of the registry that cost nothing and take data of this layout: what every model is put beside.
 *
 * @example
 * ```ts
 * import { freeBaselines } from "perturbine/models";
 * console.log(freeBaselines({ layout: "profiles" }).map(({ name }) => name));
 * ```
 */
export function freeBaselines({ layout }: Pick<Dataset, "layout">): Model[] {
  return models.filter(({ role, layouts }) => role !== "model" && layouts.includes(layout));
}
