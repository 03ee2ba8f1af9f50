import { z } from "zod";
import type { Dataset } from "../../datasets/dataset.ts";
import { targetsOfDrugs } from "../../datasets/layouts/knowledge_graph/targets.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { tanimotoTo } from "../../datasets/molecules/fingerprint.ts";
import type { Model } from "../model.ts";
import { closedForm } from "./closed_form.ts";
import { neighbourFields, neighbourFit, type NeighbourSettings, usualNeighbours } from "./neighbours.ts";

/**
 * L4 of field.md section 4: what drugs with the same targets in the knowledge graph do in the same cell line. Similarity is the share
 * of genes that two drugs have in common among those that either is joined to.
 */
export const graphNeighbours: Model<NeighbourSettings> = closedForm<NeighbourSettings>({
  name: "graph-neighbours",
  title: "Graph neighbours",
  summary:
    "mean of the drugs that share most targets in the graph, in the same cell line; their number and weights by the validation rows",
  layouts: ["knowledge-graph"],
  settings: z.strictObject(neighbourFields),
  released: usualNeighbours,
  looksAtTraining: true,
  open({ data, split, settings }) {
    const targets = targetsOfDrugs(data as Dataset<KnowledgeInputs>);
    return neighbourFit(
      data,
      split,
      settings,
      (drug) => Float64Array.from(targets, tanimotoTo(targets[drug])),
    );
  },
});
