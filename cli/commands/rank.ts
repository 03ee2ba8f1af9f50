import { checkOutputFile } from "../../runs/output_file.ts";
import { Command } from "@commander-js/extra-typings";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { csvLine } from "../../datasets/readers/csv_line.ts";
import { float32Text } from "../../datasets/readers/float32_text.ts";
import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { drugFrom, predictDrugs, rankGenes } from "../badger/rank_genes.ts";
import { rankingRemarks, renderRanking } from "../badger/report/rank_page.ts";
import { number } from "../../report/kit/numbers.ts";

const help = `
--profile FILE embeds a new cell line from its untreated profile: columns gene and value, a gene a row.

Examples:
  perturbine rank runs/badger-simulator-pert_id --drug 'CC(=O)Oc1ccccc1C(=O)O' --cell LINE01
  perturbine rank runs/badger --drug aspirin --cell MCF7 --gene TP53 CDKN1A --out aspirin
  perturbine rank runs/badger --drug 'CC(=O)Oc1ccccc1C(=O)O' --profile mycells.csv --json`;

/** \`perturbine rank\`: the genes that a drug raises and lowers in a cell line. */
export function rankCommand() {
  return new Command("rank")
    .description("Rank the genes that a drug raises and lowers in a cell line, as CSV and report")
    .argument("<run>", "run folder of a ranking model")
    .requiredOption("--drug <smiles>", "SMILES, or the name of a drug in the data")
    .option("--cell <name>", "cell line of the data folder")
    .option("--profile <file>", "or a new cell line, by its untreated profile")
    .option("--dose <text>", "dose as written in the data, for DeepCE (default: the commonest)")
    .option("--gene <name...>", "print these genes too")
    .option("--out <name>", "write NAME.csv and NAME.html", "ranking")
    .option("--json", "print the ranking as JSON")
    .addHelpText("after", help)
    .action(async (run, flags) => {
      for (const ending of ["csv", "html"]) await checkOutputFile(`${flags.out}.${ending}`);
      const predictions = await predictDrugs(
        run,
        flags,
        (data, chemistry) => [drugFrom(flags.drug, data, chemistry)],
      );
      const ranking = rankGenes(predictions, 0);
      const asked = (flags.gene ?? []).map((name) => {
        const found = ranking.genes.find(({ gene }) => gene === name);
        if (found) return found;
        const near = closestName(name, predictions.data.genes);
        throw new UserError(
          `--gene ${name}: not among the ${predictions.data.genes.length} genes of the model` +
            `${near ? `; did you mean ${near}?` : "; give a gene symbol of genes.txt in the run folder."}`,
        );
      });
      const hasMeasured = ranking.genes[0].measured !== undefined;
      await writeFileAtomic(`${flags.out}.csv`, [
        csvLine(["gene", "rank", "score", "training_mean", ...(hasMeasured ? ["measured"] : [])]),
        ...ranking.genes.map(({ gene, rank, score, trainingMean, measured }) =>
          csvLine([
            gene,
            String(rank),
            float32Text(score),
            trainingMean.toPrecision(6),
            ...(measured === undefined ? [] : [measured.toPrecision(6)]),
          ])
        ),
      ]);
      await writeFileAtomic(`${flags.out}.html`, renderRanking(run, predictions, ranking));
      if (flags.json) {
        const { drugs: [drug], cell, nearest } = predictions;
        console.log(JSON.stringify({ run, drug, cell, nearest: nearest[0], ...ranking }));
        return;
      }
      const list = (genes: typeof ranking.genes) =>
        genes.map(({ gene, score }) => `${gene} ${number(score, 2)}`).join(", ");
      const ends = Math.min(10, Math.floor(ranking.genes.length / 2));
      console.log(`raised:  ${list(ranking.genes.slice(0, ends))}`);
      console.log(`lowered: ${list(ranking.genes.slice(-ends).reverse())}`);
      for (const { gene, rank, score } of asked) {
        console.log(`${gene}: ${number(score, 3)}, rank ${rank} of ${ranking.genes.length}`);
      }
      for (const remark of rankingRemarks(predictions, ranking)) console.log(remark);
      console.log(`Written: ${flags.out}.csv, ${flags.out}.html`);
    });
}
