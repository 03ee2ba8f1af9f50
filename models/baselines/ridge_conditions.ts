import type { Model } from "../model.ts";
import { ridgeModel, type RidgeSettings } from "./ridge.ts";

/**
 * L1 of field.md section 4 without the basal profile. One control well carries its noise, so that this one is often the better of
 * the two (reference-runs.md 2.1).
 */
export const ridgeConditions: Model<RidgeSettings> = ridgeModel({
  name: "ridge-conditions",
  title: "Ridge on conditions",
  summary: "ridge regression on Morgan bits, dose, time and cell line; penalty by the validation rows",
  layouts: ["profiles", "response", "knowledge-graph"],
}, (data) => ({ ...data, basal: undefined }));
