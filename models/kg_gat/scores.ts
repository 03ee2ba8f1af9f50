import type { Dataset } from "../../datasets/dataset.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { recoveredTargets } from "./explain.ts";
import { HostNetwork } from "./host_network.ts";
import type { KgGatTask } from "./task.ts";

/**
 * Errors apart for drugs that have edges in the graph and drugs that stand alone (kg-gat.md 3.5), and on a simulated graph how well
 * attention x gradient finds the true targets.
 */
export async function graphScores(
  task: KgGatTask,
  data: Dataset<KnowledgeInputs>,
  rows: Uint32Array,
): Promise<Record<string, number>> {
  if (!data.truth) return {};
  const { graph: { incoming: { starts } }, drugNodeOfRow } = data.inputs;
  const predicted = await task.predict(rows), truth = data.truth.take(rows);
  const columns = truth.length / rows.length;
  const sums = { with: 0, without: 0 }, counts = { with: 0, without: 0 };
  rows.forEach((row, at) => {
    const node = drugNodeOfRow[row];
    const part = starts[node + 1] > starts[node] ? "with" : "without";
    counts[part]++;
    for (let k = at * columns; k < (at + 1) * columns; k++) {
      sums[part] += (predicted[k] - truth[k]) ** 2 / columns;
    }
  });
  const recovered = task.config.layers > 0 && data.inputs.anchors.mechanisms
    ? recoveredTargets(new HostNetwork(task.config, task.nodes, await task.parameters()), data, rows)
    : undefined;
  return {
    ...(counts.with > 0 ? { "MSE of drugs with edges": sums.with / counts.with } : {}),
    ...(counts.without > 0 ? { "MSE of drugs without edges": sums.without / counts.without } : {}),
    ...(recovered === undefined ? {} : { "AUROC of planted targets": recovered }),
  };
}
