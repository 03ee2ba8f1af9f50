import { metaVectors } from "../datasets/badger/meta_vectors.ts";
import { readDrugVectors } from "../datasets/badger/read_drug_vectors.ts";
import { type BadgerData, fingerprintBits } from "../datasets/badger/types.ts";
import { UserError } from "../datasets/user_error.ts";
import type { Engine } from "../engine/mod.ts";
import type { BadgerConfig } from "./badger/config.ts";
import { BadgerTask } from "./badger/task.ts";
import { cigerMeta } from "./ciger/config.ts";
import { CigerTask } from "./ciger/task.ts";
import { deepceMeta } from "./deepce/config.ts";
import { DeepceTask } from "./deepce/task.ts";
import type { DeviceTask } from "./device_task.ts";
import { MlpTask } from "./mlp/task.ts";
import { blankGraph, drugGraphs } from "./neural_fingerprint/drug_graphs.ts";
import type { RankingModel, RankingRunConfig } from "./ranking_run_config.ts";

/** Any of the ranking models on a device with its data. */
export type RankingTask = DeviceTask<unknown>;

/** What a ranking model is put on the device with. */
export interface RankingTaskInput {
  /** What the model sees: controls have been applied. */
  readonly data: BadgerData;
  /** Rows that are trained on. */
  readonly trainRows: Uint32Array;
  /** Model, loss and training settings. */
  readonly config: Pick<RankingRunConfig, "model" | "loss" | "training" | "reading">;
}

/** BADGER's complete configuration on a data set. */
export function badgerConfig(
  { family, ...chosen }: Extract<RankingModel, { family: "badger" | "badger-light" }>,
  data: BadgerData,
): BadgerConfig {
  const light = family === "badger-light";
  return {
    ...chosen,
    light,
    fingerprintBits,
    genes: data.genes.length,
    pathways: light ? 0 : data.pathways?.names.length ?? 0,
    cellWidth: data.cellVectors?.width ?? 0,
    geneWidth: data.geneTable?.width ?? 0,
  };
}

/**
 * Puts the model of a configuration on the device, its data-dependent sizes taken from the data. kNN is the MLP whose fusion
 * layer it searches.
 *
 * @throws {UserError} when the data lack what the model needs, or have another width.
 */
export async function createRankingTask(
  engine: Engine,
  { data, trainRows, config }: RankingTaskInput,
): Promise<RankingTask> {
  const { model, training, reading, loss } = config;
  const common = { data, trainRows, training, loss: loss.main };
  // The control "drug zeroed" leaves no structures (see `zeroBadgerDrugs`).
  const blank = data.drugs.every(({ smiles }) => smiles === "");
  const genes = data.genes.length, geneWidth = data.geneTable?.width ?? 0;
  switch (model.family) {
    case "badger":
    case "badger-light": {
      const { main, ...weights } = loss;
      // The labels are turned when they are read, so the loss must not turn them again.
      const own = { ...weights, loss: main, labelType: "real" } as const;
      return new BadgerTask(engine, { ...common, model: badgerConfig(model, data), loss: own });
    }
    case "mlp":
    case "knn": {
      const read = reading.drugVectors === null
        ? undefined
        : await readDrugVectors(reading.drugVectors, data);
      const drugTable = read && blank ? { ...read, values: read.values.map(() => 0) } : read;
      const { hidden, stages, dropout } = model;
      const sizes = {
        genes,
        drugWidth: drugTable?.width ?? fingerprintBits,
        cellWidth: data.cellVectors?.width ?? 0,
      };
      return new MlpTask(engine, { ...common, drugTable, model: { hidden, stages, dropout, ...sizes } });
    }
    case "deepce":
    case "ciger": {
      if (!data.geneTable) {
        throw new UserError(
          `${data.folder}: ${model.family} takes the width of its gene table from gene_features_NAME_N.csv, but the folder ` +
            "has none; add one (prepare badger --gene-vectors FILE).",
        );
      }
      const geneTableInit = model.geneTableInit === "file" ? "file" as const : "noise" as const;
      const graphs = blank ? data.drugs.map(() => blankGraph) : await drugGraphs(data);
      const sized = (meta: typeof deepceMeta) => ({
        genes,
        geneWidth,
        metaWidth: metaVectors(data, meta).width,
      });
      if (model.family === "ciger") {
        const { family: _, geneTableInit: __, layerNormInit, ...chosen } = model;
        const sizes = { ...chosen, ...sized(cigerMeta) };
        return new CigerTask(engine, { ...common, graphs, geneTableInit, layerNormInit, model: sizes });
      }
      const { family: _, geneTableInit: __, ...chosen } = model;
      const sizes = { ...chosen, ...sized(deepceMeta) };
      return new DeepceTask(engine, { ...common, graphs, geneTableInit, model: sizes });
    }
  }
}
