import { checkOutputFile } from "../../runs/output_file.ts";
import { Command } from "@commander-js/extra-typings";
import Table from "cli-table3";
import { readDrugLibrary } from "../../datasets/badger/read_drug_library.ts";
import { readGeneValues } from "../../datasets/badger/read_gene_values.ts";
import { csvLine } from "../../datasets/readers/csv_line.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { predictDrugs } from "../badger/rank_genes.ts";
import { renderScreen, screenRemarks } from "../badger/report/screen_page.ts";
import { screenLibrary } from "../badger/screen_library.ts";
import { number, percent } from "../../report/kit/numbers.ts";

const help = `
LIBRARY has a column smiles and, for names, one of name, pert_iname, pert_id. SIGNATURE has gene and value: positive where the
disease raises the gene.

Examples:
  perturbine screen runs/badger --cell MCF7 --library drugs.csv --signature disease.csv
  perturbine screen runs/badger --profile mycells.csv --library drugs.csv --signature disease.csv --out screens/mine`;

/** \`perturbine screen\`: drugs by how well they reverse a disease signature. */
export function screenCommand() {
  return new Command("screen")
    .description("Order a library of drugs by how well they reverse a disease signature, as CSV and report")
    .argument("<run>", "run folder of a ranking model")
    .requiredOption("--library <file>", "CSV of drugs with SMILES")
    .requiredOption("--signature <file>", "CSV of gene and value")
    .option("--cell <name>", "cell line of the data folder")
    .option("--profile <file>", "or a new cell line, by its untreated profile")
    .option("--dose <text>", "dose as written in the data, for DeepCE (default: the commonest)")
    .option("--skip-bad", "leave out rows of the library without a usable SMILES")
    .option("--out <name>", "write NAME.csv and NAME.html", "screen")
    .option("--json", "print the result as JSON")
    .addHelpText("after", help)
    .action(async (run, flags) => {
      for (const ending of ["csv", "html"]) await checkOutputFile(`${flags.out}.${ending}`);
      const signature = await readGeneValues(flags.signature);
      let skipped: readonly string[] = [];
      const predictions = await predictDrugs(run, flags, async (_, chemistry) => {
        const library = await readDrugLibrary(flags.library, chemistry, flags.skipBad ?? false);
        skipped = library.skipped;
        return library.drugs;
      });
      const screen = screenLibrary(predictions, signature, flags.signature);
      await writeFileAtomic(`${flags.out}.csv`, [
        csvLine([
          "rank",
          "name",
          "smiles",
          "reversal",
          "raised_genes_lowered",
          "lowered_genes_raised",
          "nearest_trained_drug",
          "tanimoto",
        ]),
        ...screen.drugs.map(({ name, smiles, reversal, upReversed, downReversed, nearest }, at) =>
          csvLine([
            String(at + 1),
            name,
            smiles,
            ...[reversal, upReversed, downReversed].map((value) => value.toPrecision(6)),
            nearest.name,
            nearest.tanimoto.toPrecision(4),
          ])
        ),
      ]);
      await writeFileAtomic(`${flags.out}.html`, renderScreen(run, flags.signature, predictions, screen));
      if (flags.json) {
        console.log(JSON.stringify({ run, cell: predictions.cell, skipped, ...screen }));
        return;
      }
      const table = new Table({
        head: ["drug", "reversal", "raised", "lowered", "most similar drug trained on"],
        colAligns: ["left", "right", "right", "right", "left"],
        style: { head: [], border: [], compact: true },
      });
      for (const { name, reversal, upReversed, downReversed, nearest } of screen.drugs.slice(0, 15)) {
        table.push([
          name.slice(0, 40),
          number(reversal, 3),
          percent(upReversed),
          percent(downReversed),
          `${nearest.name} (${number(nearest.tanimoto, 2)})`,
        ]);
      }
      console.log(table.toString());
      for (const remark of screenRemarks(screen)) console.log(remark);
      for (const line of skipped) console.log(`left out: ${line}`);
      console.log(`Written: ${flags.out}.csv, ${flags.out}.html`);
    });
}
