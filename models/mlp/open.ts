import { type BadgerData, fingerprintBits } from "../../datasets/badger/types.ts";
import type { OpenOptions } from "../model.ts";
import { commonOptions } from "../ranking/open.ts";
import type { MlpSettings } from "./settings.ts";
import { MlpTask } from "./task.ts";

/** The MLP on a data set. @throws {UserError} when the data have no cell vectors. */
export async function openMlp(options: OpenOptions<MlpSettings, BadgerData>): Promise<MlpTask> {
  const { loss, ...chosen } = options.settings;
  const { genes, drugVectors, cellVectors } = options.data.inputs;
  return new MlpTask(await options.engine(), {
    ...commonOptions(options),
    loss,
    drugTable: drugVectors,
    model: {
      ...chosen,
      genes: genes.length,
      drugWidth: drugVectors?.width ?? fingerprintBits,
      cellWidth: cellVectors?.width ?? 0,
    },
  });
}
