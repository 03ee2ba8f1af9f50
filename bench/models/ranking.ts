import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { signatures } from "../../datasets/layouts/signatures/signatures.ts";
import { badgerTask } from "../../models/badger/open.ts";
import { cigerTask } from "../../models/ciger/model.ts";
import { deepceTask } from "../../models/deepce/model.ts";
import type { DeviceTask } from "../../models/device_task.ts";
import { openMlp } from "../../models/mlp/open.ts";
import type { OpenOptions } from "../../models/model.ts";
import { modelNamed } from "../../models/registry.ts";
import type { ModelCase } from "./model_case.ts";
import { firstRows, taskModel } from "./task_model.ts";

/** A ranker as a training task. */
// deno-lint-ignore no-explicit-any
type OpenTask = (options: OpenOptions<any, BadgerData>) => Promise<DeviceTask<any>>;

function rankingCase(
  name: string,
  summary: string,
  open: OpenTask,
  /** Widths that a software driver can run. */
  reduced: Readonly<Record<string, unknown>> = {},
): ModelCase {
  return {
    name,
    summary,
    async prepare(engine, scale) {
      const small = scale === "reduced";
      const { settings, training, reading } = modelNamed(name).presets.released;
      const simulated = { genes: small ? 160 : 978, pathwayWidth: small && name === "badger" ? 32 : 128 };
      const data: Dataset<BadgerData> = await signatures.simulate(
        simulated,
        signatures.settings.parse({ ...reading, minTas: "off", requireQc: false }),
        { identity: "parent" },
      );
      const rows = firstRows(small ? 8 : 32, data.rows);
      const none = new Uint32Array();
      const task = await open({
        data,
        split: { name: "all rows", train: rows, validation: none, test: none },
        settings: { ...settings, ...(small ? reduced : {}) },
        training: { ...training!, batchSize: rows.length },
        seed: 88,
        engine: () => Promise.resolve(engine),
      });
      return taskModel(task, rows, training!.learningRate, {
        genes: data.inputs.genes.length,
        pathways: data.inputs.pathways?.names.length ?? 0,
        hidden: small ? Number(reduced.hidden ?? settings.hidden) : settings.hidden,
      });
    },
  };
}

/** BADGER and the models it is released with, on simulated signatures. */
export const rankingModels: readonly ModelCase[] = [
  rankingCase(
    "badger",
    "BADGER: fragments to pathways to genes, genes to genes",
    (options) => badgerTask(options, false),
    { hidden: 32 },
  ),
  rankingCase("badger-light", "BADGER without pathways", (options) => badgerTask(options, true), {
    hidden: 32,
  }),
  rankingCase("deepce", "DeepCE: atoms to genes, gene-gene attention twice", deepceTask, {
    hidden: 32,
    feedForward: 64,
  }),
  rankingCase("ciger", "CIGER: gene-gene attention over profiles of the drug", cigerTask, {
    hidden: 64,
    feedForward: 64,
  }),
  rankingCase("mlp", "MLP on fingerprint bits and cell vectors", openMlp),
];
