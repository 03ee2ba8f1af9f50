import type { Engine } from "../../engine/mod.ts";
import { GraphTask, type GraphTaskOptions, keptGeneTable } from "../neural_fingerprint/graph_task.ts";
import { type DeepceConfig, deepceMeta, releasedDeepceLoss } from "./config.ts";
import { deepce } from "./network.ts";
import { deepceSpecs, initialDeepceValues } from "./parameter_specs.ts";

/** Which DeepCE, on which data, trained how. */
export interface DeepceTaskOptions extends GraphTaskOptions {
  /** Its sizes; those that follow the data must fit them. */
  readonly model: DeepceConfig;
}

/** DeepCE on a device with its data. */
export class DeepceTask extends GraphTask {
  /**
   * Puts the parameters on the device, initialised as released.
   *
   * @throws {UserError} when the data do not fit the model, or the gene table is to be kept and there is none.
   */
  constructor(engine: Engine, options: DeepceTaskOptions) {
    const { model, training: { seed } } = options;
    const specs = deepceSpecs(model);
    const table = keptGeneTable(options, model.geneWidth);
    super(engine, {
      name: "DeepCE",
      genes: model.genes,
      meta: deepceMeta,
      metaWidth: model.metaWidth,
      specs,
      initial: (spec) => initialDeepceValues(spec, specs, seed, table),
      loss: releasedDeepceLoss,
      network: (step, p, inputs, train) => deepce(step, p, model, inputs, { train }).prediction,
    }, options);
  }
}
