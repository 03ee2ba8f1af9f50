import { Command } from "commander";
import { percent } from "../../report/kit/numbers.ts";
import { type ExplainOptions, explainPrediction } from "../../runs/explain.ts";
import { writeExplanation } from "../../runs/write_explanation.ts";
import { addCellFlags, cellChoice } from "../flags/drug_flags.ts";
import { wholeNumber } from "../flags/words.ts";

const help = `
The folder gets explanation.html, tables (genes, and fragments, pathways, routes, pairs as the model has them) and
attention.safetensors with every head's weights.

Examples:
  perturbine explain runs/badger --drug 'CC(=O)Oc1ccccc1C(=O)O' --cell MCF7
  perturbine explain runs/badger-light --drug vorinostat --cell A375 --routes 60 --out vorinostat
  perturbine explain runs/csg2a-skbr3 --drug vorinostat --cell SKBR3 --dose 10
  perturbine explain runs/kg-gat --drug vorinostat --cell LINE01 --gene CDKN1A`;

interface ExplainFlags extends ExplainOptions {
  readonly drug: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `perturbine explain`: what a model with attention looks at. */
export function explainCommand(): Command {
  const command = new Command("explain")
    .description(
      "Show what a model looks at: fragments, pathways, genes, and the strongest routes between them",
    )
    .argument("<run>", "run folder of badger, badger-light, csg2a, kg-gat or kg-gatv2")
    .requiredOption("--drug <smiles>", "SMILES, or the name of a drug in the data");
  return addCellFlags(command)
    .option("--routes <n>", "routes to show", wholeNumber(1), 40)
    .option("--targets <n>", "most raised and most lowered genes that routes lead to", wholeNumber(1), 5)
    .option("--gene <name>", "explain the change of this gene alone (models on a knowledge graph)")
    .option("--out <dir>", "folder to write", "explanation")
    .option("--json", "print fragments, routes and gene pairs as JSON")
    .addHelpText("after", help)
    .action(async (run: string, { drug, out, json, routes, targets, gene, ...flags }: ExplainFlags) => {
      const report = await explainPrediction(run, drug, { ...cellChoice(flags), routes, targets, gene });
      await writeExplanation(out, report);
      const { explanation: { fragments, genes, pathways, pairs, graph } } = report;
      const named = (report.routes?.routes ?? []).map(({ fragment, pathway, source, target, strength }) => ({
        fragment: fragments[fragment].smiles,
        ...(pathway === undefined ? {} : { pathway: pathways[pathway] }),
        asked: genes[source],
        predicted: genes[target],
        strength,
      }));
      if (json) {
        const { share, uniformShare } = report.routes ?? {};
        return console.log(
          JSON.stringify({
            run,
            drug: report.drug,
            cell: report.cell,
            fragments,
            routes: named,
            pairs,
            graph,
            share,
            uniformShare,
          }),
        );
      }
      for (const { smiles, attention, effect } of fragments) {
        const change = effect === null ? "" : `, scores change by ${percent(effect)} without it`;
        console.log(`${smiles}: attention ${percent(attention)}${change}`);
      }
      for (const { fragment, pathway, asked, predicted, strength } of named.slice(0, 10)) {
        const steps = [fragment, ...(pathway === undefined ? [] : [pathway]), asked, predicted];
        console.log(`${steps.join(" -> ")}  ${strength.toExponential(2)}`);
      }
      for (const { genes: [a, b], score, inGraph } of pairs.slice(0, 10)) {
        console.log(`${a} - ${b}  ${score.toExponential(2)}${inGraph ? "  (known to interact)" : ""}`);
      }
      for (const { nodes, relations, contribution } of graph?.paths.slice(0, 10) ?? []) {
        const steps = relations.map((relation, at) => ` <- ${relation} ${nodes[at + 1].name}`);
        console.log(`${nodes[0].name}${steps.join("")}  ${contribution.toExponential(2)}`);
      }
      for (const { edges, strongest, random, deviation } of graph?.fidelity ?? []) {
        console.log(
          `without the ${edges} strongest edges the prediction changes by ${
            strongest.toPrecision(3)
          }, without random ones by ${random.toPrecision(3)} ± ${deviation.toPrecision(2)}`,
        );
      }
      console.log(`Written: ${out}/explanation.html and tables`);
    });
}
