import type { BadgerData, FeatureTable } from "../../datasets/badger/types.ts";
import { fingerprintBits } from "../../datasets/badger/types.ts";
import type { OpenOptions } from "../model.ts";
import { commonOptions } from "../ranking/open.ts";
import type { MlpSettings } from "./settings.ts";
import { MlpTask } from "./task.ts";

/** The MLP on a data set. @throws {UserError} when the data have no cell vectors. */
export async function openMlp(options: OpenOptions<MlpSettings, BadgerData>): Promise<MlpTask> {
  const { loss, ...chosen } = options.settings;
  const data = options.data.inputs;
  const drugTable = knownVectors(data);
  return new MlpTask(await options.engine(), {
    ...commonOptions(options),
    loss,
    drugTable,
    model: {
      ...chosen,
      genes: data.genes.length,
      drugWidth: drugTable?.width ?? fingerprintBits,
      cellWidth: data.cellVectors?.width ?? 0,
    },
  });
}

/** The vectors of a file, zero for a drug whose structure was taken away. */
function knownVectors({ drugVectors, drugs }: BadgerData): FeatureTable | undefined {
  if (!drugVectors) return undefined;
  const gone = new Set(drugs.filter(({ smiles }) => smiles === "").map(({ id }) => id));
  const values = drugVectors.values.slice();
  drugVectors.names.forEach((name, row) => {
    if (gone.has(name)) values.fill(0, row * drugVectors.width, (row + 1) * drugVectors.width);
  });
  return { ...drugVectors, values };
}
