import type { Engine } from "../../engine/mod.ts";
import { GraphTask, type GraphTaskOptions, keptGeneTable } from "../neural_fingerprint/graph_task.ts";
import { type CigerConfig, cigerMeta, releasedCigerLoss } from "./config.ts";
import { ciger } from "./network.ts";
import { cigerSpecs, initialCigerValues } from "./parameter_specs.ts";

/** Which CIGER, on which data, trained how. */
export interface CigerTaskOptions extends GraphTaskOptions {
  /** Its sizes; those that follow the data must fit them. */
  readonly model: CigerConfig;
  /** Start of the attention's norm weights: 0 as released, so that the attention is silent at first, or the usual 1. */
  readonly layerNormInit?: 0 | 1;
}

/** CIGER on a device with its data. */
export class CigerTask extends GraphTask {
  /**
   * Puts the parameters on the device, initialised as released.
   *
   * @throws {UserError} when the data do not fit the model, or the gene table is to be kept and there is none.
   */
  constructor(engine: Engine, options: CigerTaskOptions) {
    const { model, training: { seed }, layerNormInit: layerNorm } = options;
    const geneTable = keptGeneTable(options, model.geneWidth);
    super(engine, {
      name: "CIGER",
      genes: model.genes,
      meta: cigerMeta,
      metaWidth: model.metaWidth,
      specs: cigerSpecs(model),
      initial: (spec) => initialCigerValues(spec, seed, { geneTable, layerNorm }),
      loss: releasedCigerLoss,
      network: (step, p, inputs, train) => ciger(step, p, model, inputs, { train }).prediction,
    }, options);
  }
}
