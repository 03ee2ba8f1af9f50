import { attachMolecules } from "../../datasets/molecules/attach_molecules.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import { releasedHeadWidths } from "../../models/csg2a/sizes.ts";
import { Csg2aTask } from "../../models/csg2a/task.ts";
import { csg2aModel } from "../../models/csg2a/model.ts";
import { csg2aResponseModel } from "../../models/csg2a_response/model.ts";
import { csg2aBlockRowsumCase } from "../kernels/csg2a_block.ts";
import { RandomValues } from "../../testing/random_values.ts";
import type { ModelCase } from "./model_case.ts";
import { firstRows, taskModel } from "./task_model.ts";

function csg2aCase(name: string, summary: string, stage: "pretraining" | "finetuning"): ModelCase {
  return {
    name,
    summary,
    async prepare(engine, scale) {
      const preset = scale === "released" ? "released" : "small";
      const model = stage === "finetuning" ? csg2aResponseModel.presets[preset].settings : {
        ...csg2aModel.presets[preset].settings,
        headInput: "raw",
        frozen: false,
        frozenMode: "train",
      } as const;
      const training = (stage === "pretraining" ? csg2aModel : csg2aResponseModel).presets[preset].training!;
      const batchSize = scale === "released" ? training.batchSize : 32;
      const simulated = simulateL1000({ genes: 978, replicates: 1, controlWells: 4 });
      const { data, molecules } = attachMolecules(await Chemistry.load(), simulated[stage], {
        distances: "rule",
        skipBad: false,
      });
      const { samples, basal } = data;
      const target = data.kind === "pretraining" ? data.perturbed : data.logIc50;
      const task = new Csg2aTask(engine, {
        stage,
        model: { ...model, genes: data.genes.length, headWidths: releasedHeadWidths },
        training: { ...training, batchSize, seed: 42 },
        data: {
          rows: samples.rows,
          basal,
          target,
          dose: samples.dose,
          time: samples.time,
          molecules,
          moleculeOfRow: samples.drugOfRow,
          ppi: simulated.ppi,
        },
      });
      const { width, layers, heads } = model.mat;
      return taskModel(task, firstRows(batchSize, samples.rows), training.learningRate, {
        genes: data.genes.length,
        width: model.hiddenWidth,
        matWidth: width,
        matLayers: layers,
        matHeads: heads,
        molecules: molecules.length,
      });
    },
  };
}

/** The attention block of the release by itself: forward and backward, no optimiser. */
const blockAlone: ModelCase = {
  name: "csg2a-block",
  summary: "CSG2A's attention block alone, forward and backward",
  async prepare(engine, scale) {
    const sizes = { genes: 978, batch: scale === "released" ? 128 : 32, width: 64, degree: 4 };
    const prepared = await csg2aBlockRowsumCase.prepare(engine, "closed", sizes, new RandomValues(1));
    return {
      sizes,
      batch: sizes.batch,
      parameters: 2 * sizes.genes * sizes.width,
      train: () => Promise.resolve(prepared.plan.replay(new Map(), engine.still)),
      profile: () => prepared.plan.profile(new Map(), engine.still),
      dispose() {},
    };
  },
};

/** CSG2A in its three costs: the block, fine-tuning with cached molecule vectors, pretraining with the encoder. */
export const csg2aModels: readonly ModelCase[] = [
  blockAlone,
  csg2aCase("csg2a-cached", "CSG2A fine-tuning: frozen, molecule vectors computed once", "finetuning"),
  csg2aCase("csg2a", "CSG2A pretraining, molecule encoder trained", "pretraining"),
];
