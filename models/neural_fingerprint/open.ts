import { type MetaPart, metaVectors } from "../../datasets/badger/meta_vectors.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { OpenOptions } from "../model.ts";
import type { LossName } from "../ops/losses/main_loss.ts";
import type { GeneTableInit } from "../ranking/fields.ts";
import { commonOptions } from "../ranking/open.ts";
import { drugGraphs } from "./drug_graphs.ts";
import type { GraphTaskOptions } from "./graph_task.ts";

/**
 * What DeepCE and CIGER are opened with: the sizes that follow the data, and the graphs of its drugs.
 *
 * @throws {UserError} when there is no gene table, whose width they need.
 */
export async function graphOptions(
  options: OpenOptions<{ readonly loss: LossName; readonly geneTableInit: GeneTableInit }, BadgerData>,
  meta: readonly MetaPart[],
): Promise<{ common: GraphTaskOptions; sizes: { genes: number; geneWidth: number; metaWidth: number } }> {
  const { loss, geneTableInit } = options.settings;
  const data = options.data.inputs;
  if (!data.geneTable) {
    throw new UserError(
      `${data.folder}: the width of the gene table comes from gene_features_NAME_N.csv, but the folder has none; ` +
        "add one (prepare badger --gene-vectors FILE).",
    );
  }
  return {
    common: {
      ...commonOptions(options),
      loss,
      graphs: await drugGraphs(data),
      geneTableInit: geneTableInit === "file" ? "file" : "noise",
    },
    sizes: {
      genes: data.genes.length,
      geneWidth: data.geneTable.width,
      metaWidth: metaVectors(data, meta).width,
    },
  };
}
