import { z } from "zod";
import { tanimotoTo } from "../../datasets/molecules/fingerprint.ts";
import type { Model } from "../model.ts";
import { closedForm } from "./closed_form.ts";
import { neighbourFields, neighbourFit, type NeighbourSettings, usualNeighbours } from "./neighbours.ts";
import { bitsField } from "./ridge.ts";
import { RowFeatures } from "./row_features.ts";

/** How neighbours are chosen. */
export interface NearestSettings extends NeighbourSettings {
  /** Length of the Morgan fingerprint. */
  readonly bits: 1024 | 2048;
}

/** L3 of field.md section 4: what similar drugs (Tanimoto of Morgan bits) do in the same cell line, see `neighbourFit`. */
export const nearest: Model<NearestSettings> = closedForm<NearestSettings>({
  name: "nearest",
  title: "Nearest drugs",
  summary:
    "mean of the most similar drugs (Tanimoto) in the same cell line; their number and weights by the validation rows",
  settings: z.strictObject({ bits: bitsField, ...neighbourFields }),
  released: { bits: 1024, ...usualNeighbours },
  looksAtTraining: true,
  async open({ data, split, settings }) {
    const { onBits } = await RowFeatures.of(data, settings.bits);
    return neighbourFit(data, split, settings, (drug) => Float64Array.from(onBits, tanimotoTo(onBits[drug])));
  },
});
