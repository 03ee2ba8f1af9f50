import { Command } from "commander";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { UserError } from "../../datasets/user_error.ts";
import { number } from "../../report/kit/numbers.ts";
import { rankingRemarks } from "../../report/remarks.ts";
import type { CellChoice } from "../../runs/ask_drugs.ts";
import { checkOutputFile } from "../../runs/output_file.ts";
import { rankGenes } from "../../runs/rank.ts";
import { writeRanking } from "../../runs/write_answers.ts";
import { addCellFlags, cellChoice } from "../flags/drug_flags.ts";

const help = `
Examples:
  perturbine rank runs/badger-simulator-badger-drugs --drug 'CC(=O)Oc1ccccc1C(=O)O' --cell LINE01
  perturbine rank runs/csg2a-skbr3 --drug aspirin --cell SKBR3 --gene TP53 CDKN1A --out aspirin
  perturbine rank runs/badger --drug 'CC(=O)Oc1ccccc1C(=O)O' --profile mycells.csv --json`;

interface RankFlags extends CellChoice {
  readonly drug: string;
  readonly gene?: readonly string[];
  readonly out: string;
  readonly json?: boolean;
}

/** `perturbine rank`: the genes that a drug raises and lowers in a cell line. */
export function rankCommand(): Command {
  const command = new Command("rank")
    .description("Rank the genes that a drug raises and lowers in a cell line, as CSV and page")
    .argument("<run>", "run folder of a model that predicts genes")
    .requiredOption("--drug <smiles>", "SMILES, or the name of a drug in the data");
  return addCellFlags(command)
    .option("--gene <name...>", "print these genes too")
    .option("--out <name>", "write NAME.csv and NAME.html", "ranking")
    .option("--json", "print the ranking as JSON")
    .addHelpText("after", help)
    .action(async (run: string, flags: RankFlags) => {
      const choice = cellChoice(flags);
      for (const ending of ["csv", "html"]) await checkOutputFile(`${flags.out}.${ending}`);
      const ranking = await rankGenes(run, flags.drug, choice);
      const { genes } = ranking;
      const asked = (flags.gene ?? []).map((name) => {
        const found = genes.find(({ gene }) => gene === name);
        if (found) return found;
        const near = closestName(name, genes.map(({ gene }) => gene));
        throw new UserError(
          `--gene ${name}: not among the ${genes.length} genes of the model` +
            `${near ? `; did you mean ${near}?` : "; give a gene symbol of the run's data."}`,
        );
      });
      await writeRanking(flags.out, ranking);
      if (flags.json) return console.log(JSON.stringify({ output: `${flags.out}.csv`, ...ranking }));
      const list = (some: typeof genes) =>
        some.map(({ gene, score }) => `${gene} ${number(score, 2)}`).join(", ");
      const ends = Math.min(10, Math.floor(genes.length / 2));
      console.log(`highest: ${list(genes.slice(0, ends))}`);
      console.log(`lowest:  ${list(genes.slice(-ends).reverse())}`);
      for (const { gene, rank, score } of asked) {
        console.log(`${gene}: ${number(score, 3)}, rank ${rank} of ${genes.length}`);
      }
      for (const remark of rankingRemarks(ranking)) console.log(remark);
      console.log(`Written: ${flags.out}.csv, ${flags.out}.html`);
    });
}
