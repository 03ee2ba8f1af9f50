import type { Dataset } from "../../dataset.ts";
import { randomisedFeatures, shuffledEdges } from "../../knowledge_graph/disturb_graph.ts";
import { profileControls } from "../basal_profiles/controls.ts";
import type { Control } from "../layout.ts";
import { attached } from "./attach.ts";
import type { Anchors, KnowledgeInputs } from "./inputs.ts";

/** Drug and cell line are disturbed as in `profiles`, which changes the nodes of a row too; then edges and features of the graph. */
export const knowledgeControls: readonly Control<KnowledgeInputs>[] = [
  ...profileControls.map(({ name, description, disturb }): Control<KnowledgeInputs> => ({
    name,
    description: name === "drug-removed"
      ? "every drug replaced by a node without structure and edges"
      : description,
    disturb(data, rows, seed) {
      const disturbed = disturb(data, rows, seed);
      return typeof disturbed === "string" ? disturbed : attached(disturbed, data.inputs.anchors);
    },
  })),
  {
    name: "edges-shuffled",
    description: "every edge of the graph led to another node of its relation",
    disturb: (data, _rows, seed) =>
      data.inputs.anchors.graph.incoming.source.length === 0
        ? "the graph has no edges."
        : onOther(data, { graph: shuffledEdges(data.inputs.anchors.graph, 1, seed) }),
  },
  {
    name: "features-permuted",
    description: "every node shown with the features of another node of its type",
    disturb: (data, _rows, seed) =>
      data.inputs.anchors.features.length === 0 ? "no node has features." : onOther(data, {
        features: randomisedFeatures(data.inputs.anchors.features, "permuted", seed),
        describesNew: false,
      }),
  },
];

function onOther(data: Dataset<KnowledgeInputs>, changed: Partial<Anchors>): Dataset<KnowledgeInputs> {
  return attached(data, { ...data.inputs.anchors, ...changed });
}
