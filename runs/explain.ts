import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { UserError } from "../datasets/user_error.ts";
import { modelNamed } from "../models/registry.ts";
import { extremes } from "../report/ends.ts";
import { strongestRoutes } from "../report/explain/routes.ts";
import type { ExplanationReport } from "../report/asked.ts";
import { askGrid, type CellChoice, drugFrom } from "./ask_drugs.ts";

/** How much of an explanation is shown. */
export interface ExplainOptions extends CellChoice {
  /** Routes from fragments to genes, 40 by default. */
  readonly routes?: number;
  /** Most raised and most lowered genes that routes lead to, 5 of each by default. */
  readonly targets?: number;
  /** Gene whose change alone is explained; for models on a knowledge graph. */
  readonly gene?: string;
}

/**
 * What a model looks at when it predicts a drug in a cell line.
 *
 * @param drug a name of the run's data, or a SMILES.
 * @throws {UserError} for a model that has no attention to show.
 * @example
 * ```ts
 * const { explanation } = await explainPrediction("runs/badger", "vorinostat", { cell: "A375" });
 * console.log(explanation.fragments);
 * ```
 */
export async function explainPrediction(
  run: string,
  drug: string,
  { routes = 40, targets = 5, gene, ...choice }: ExplainOptions,
): Promise<ExplanationReport> {
  const chemistry = await Chemistry.load();
  return await askGrid(
    run,
    choice,
    async (own) => [drugFrom(drug, (await own()).data, chemistry)],
    false,
    async ({ config, predictor, rows, data, query }, [found]) => {
      const { title } = modelNamed(config.model);
      if (!predictor.explain) {
        throw new UserError(
          `${title} has no attention to explain; give a run of badger, badger-light, csg2a, kg-gat or kg-gatv2.`,
        );
      }
      if (gene !== undefined && data.layout !== "knowledge-graph") {
        throw new UserError(
          `--gene ${gene}: the attention of ${title} is that of all genes at once; leave --gene out, or give a run of kg-gat or kg-gatv2.`,
        );
      }
      const { cell } = query.data;
      const explanation = await predictor.explain(rows, gene);
      const { up, down } = extremes(explanation.prediction, targets);
      return {
        model: title,
        run,
        outputs: { kind: data.outputs.kind, unit: data.outputs.unit },
        cell: cell.names[cell.of[0]],
        drug: found,
        explanation,
        routes: strongestRoutes(explanation, [...up, ...down], routes),
      };
    },
  );
}
