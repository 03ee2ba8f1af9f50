import { Command } from "@commander-js/extra-typings";
import { extremeGenes, strongestRoutes } from "../badger/attention_routes.ts";
import { explainPrediction } from "../badger/explain_prediction.ts";
import { writeExplanation } from "../badger/write_explanation.ts";
import { percent } from "../../report/kit/numbers.ts";
import { wholeNumber } from "../flags/words.ts";

const help = `
The folder gets explanation.html, tables (fragments, pathways, routes, genes) and attention.safetensors with every head's
weights.

Examples:
  perturbine explain runs/badger --drug 'CC(=O)Oc1ccccc1C(=O)O' --cell MCF7
  perturbine explain runs/badger-light --drug vorinostat --cell A375 --routes 60 --out vorinostat`;

/** \`perturbine explain\`: the cascade fragment, pathway, gene, gene behind a prediction of BADGER. */
export function explainCommand() {
  return new Command("explain")
    .description(
      "Show what BADGER looks at: fragments, pathways, genes, and the strongest routes between them",
    )
    .argument("<run>", "run folder of badger or badger-light")
    .requiredOption("--drug <smiles>", "SMILES, or the name of a drug in the data")
    .option("--cell <name>", "cell line of the data folder")
    .option("--profile <file>", "or a new cell line, by its untreated profile")
    .option("--routes <n>", "routes to show", wholeNumber(1), 40)
    .option("--targets <n>", "most raised and most lowered genes that routes lead to", wholeNumber(1), 5)
    .option("--out <dir>", "folder to write", "explanation")
    .option("--json", "print fragments and routes as JSON")
    .addHelpText("after", help)
    .action(async (run, flags) => {
      const explanation = await explainPrediction(run, flags, flags.drug);
      const { up, down } = extremeGenes(explanation.scores, flags.targets);
      const routes = strongestRoutes(explanation, [...up, ...down], flags.routes);
      await writeExplanation(flags.out, run, explanation, routes);
      const { fragments, genes, pathways, drug, cell } = explanation;
      const named = routes.routes.map(({ fragment, pathway, source, target, strength }) => ({
        fragment: fragments[fragment].smiles,
        ...(pathway === undefined ? {} : { pathway: pathways[pathway] }),
        asked: genes[source],
        predicted: genes[target],
        strength,
      }));
      if (flags.json) {
        const { share, uniformShare } = routes;
        console.log(JSON.stringify({ run, drug, cell, fragments, routes: named, share, uniformShare }));
        return;
      }
      for (const { smiles, attention, effect } of fragments) {
        const change = effect === null ? "" : `, scores change by ${percent(effect)} without it`;
        console.log(`${smiles}: attention ${percent(attention)}${change}`);
      }
      for (const { fragment, pathway, asked, predicted, strength } of named.slice(0, 10)) {
        console.log(
          [fragment, ...(pathway === undefined ? [] : [pathway]), asked, predicted].join(" -> ") +
            `  ${strength.toExponential(2)}`,
        );
      }
      console.log(`Written: ${flags.out}/explanation.html, tables and attention.safetensors`);
    });
}
