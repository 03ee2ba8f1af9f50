import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import Table from "cli-table3";
import { filesOf, isBadgerFile } from "../../datasets/badger/badger_files.ts";
import { prepareBadgerFolder } from "../../datasets/badger/prepare_badger_folder.ts";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { UserError } from "../../datasets/user_error.ts";
import { UsageError } from "../usage_error.ts";
import { wholeNumber } from "../flags/words.ts";
import { prepareCsg2aCommand, prepareGdscCommand } from "./prepare_csg2a.ts";
import { prepareKgCommand } from "./prepare_kg.ts";
import { prepareTcgaCommand } from "./prepare_tcga.ts";

const help = `
Nothing is guessed: what is left out is off or as released (activity above 0.2, a quality pass). The folder remembers its
filters, and training reads it by them.

Examples:
  perturbine prepare badger --out data/mine --signatures level5.csv --smiles drugs.csv --controls controls.csv \\
    --targets targets.csv --gene-vectors gene2vec.csv
  perturbine prepare badger --out data/cells --signatures chemical_signatures_modz65cells.csv --other-columns pert_type n_rep \\
    --smiles drug_smiles.csv --similarity cell_embeddings_similarity.csv --gene-vectors gene_vector_128.csv \\
    --targets drug_target_information.csv --min-tas off --no-qc --skip-bad
  perturbine prepare badger --out data/simulated --simulate`;

/** \`perturbine prepare\`: data folders from tables of other shapes. */
export function prepareCommand() {
  return new Command("prepare").description("Make data folders from your tables").addCommand(badgerCommand())
    .addCommand(prepareCsg2aCommand()).addCommand(prepareGdscCommand()).addCommand(prepareKgCommand())
    .addCommand(prepareTcgaCommand());
}

function badgerCommand() {
  return new Command("badger")
    .description("Make a folder in the BADGER layout from signatures, SMILES, cell lines and drug targets")
    .requiredOption("--out <dir>", "folder to write")
    .option("--force", "replace the tables that the folder holds")
    .option("--signatures <file...>", "CSV of signatures; several files must have the same genes")
    .option("--other-columns <name...>", "columns of these that are no genes, beyond those of the layout")
    .option("--smiles <file>", "CSV of pert_id and smiles or canonical_smiles")
    .optionsGroup("Cell lines (one of the two):")
    .option("--similarity <file>", "table of cell vectors with a header")
    .option(
      "--controls <file>",
      "control profiles, cell lines x genes; vectors are their Spearman correlations",
    )
    .optionsGroup("Genes and pathways:")
    .option("--gene-vectors <file>", "gene vectors without header")
    .option("--gene-table <name>", "name to store them under (GENE2VEC)")
    .option("--targets <file>", "CSV of pert_id and pathway")
    .option("--pathways <name>", "name to store pathways under (msig)")
    .option("--pathway-embedding <file>", "start of the pathway table (without: orthogonal)")
    .optionsGroup("Filters:")
    .option(
      "--min-tas <n>",
      "keep signatures with a higher activity (0.2); `off` or `none`: all",
      activityLimit,
    )
    .option("--no-qc", "keep signatures without a quality pass")
    .option("--drugs <id...>", "only these pert_id")
    .option("--cells <name...>", "only these cell lines")
    .option("--doses <text...>", "only these doses, as written")
    .option("--skip-bad", "leave out signatures without SMILES or cell vector instead of failing")
    .optionsGroup("Simulator:")
    .option("--simulate", "write the folder of the built-in simulator instead")
    .addOption(new Option("--seed <n>", "seed of the simulator").argParser(wholeNumber(0)))
    .option("--json", "print the result as JSON")
    .addHelpText("after", help)
    .action(async (flags) => {
      if (!flags.force) await requireNoTables(flags.out);
      if (flags.simulate) {
        const simulator = flags.seed === undefined ? {} : { seed: flags.seed };
        const { signatures, active } = await writeBadgerFolder(flags.out, { simulator });
        console.log(
          flags.json
            ? JSON.stringify({ output: flags.out, signatures, active })
            : `${signatures} simulated signatures, ${active} of them active and reproducible: ${flags.out}`,
        );
        return;
      }
      const { signatures, smiles } = flags;
      if (!signatures || !smiles) {
        throw new UsageError(
          "Signatures and structures are needed: give --signatures FILE and --smiles FILE, or --simulate.",
        );
      }
      const { counts, sizes, leftOut } = await prepareBadgerFolder({
        output: flags.out,
        signatures,
        otherColumns: flags.otherColumns,
        smiles,
        cellSimilarity: flags.similarity,
        controls: flags.controls,
        geneVectors: flags.geneVectors,
        geneTable: flags.geneTable,
        targets: flags.targets,
        pathways: flags.pathways,
        pathwayEmbedding: flags.pathwayEmbedding,
        minTas: flags.minTas === "off" ? null : flags.minTas,
        requireQc: flags.qc,
        drugs: flags.drugs,
        cells: flags.cells,
        doses: flags.doses,
        skipBad: flags.skipBad,
      });
      if (flags.json) {
        console.log(JSON.stringify({ output: flags.out, counts, sizes, leftOut }));
        return;
      }
      const table = new Table({
        style: { head: [], border: [], compact: true },
        colAligns: ["left", "right"],
      });
      const steps: [string, number][] = [
        ["signatures read", counts.read],
        ["chosen drugs, cell lines and doses", counts.selected],
        ["active enough", counts.active],
        ["passed quality control", counts.passed],
        ["distinct conditions", counts.distinct],
        ["usable, written", counts.usable],
      ];
      for (const step of steps) table.push(step);
      console.log(table.toString());
      for (const { reason, signatures } of leftOut) console.log(`left out: ${signatures} because ${reason}`);
      console.log(
        `${flags.out}: ${sizes.genes} genes, ${sizes.drugs} drugs, ${sizes.cells} cell lines with vectors of ${sizes.cellWidth}, ` +
          `gene vectors of ${sizes.geneWidth}, ${sizes.pathways} pathways`,
      );
    });
}

/** @throws {UserError} when the folder holds tables of the layout: some would stay, and be read with the new ones. */
async function requireNoTables(folder: string): Promise<void> {
  const names = await filesOf(folder).catch(() => []);
  const tables = names.filter(isBadgerFile);
  if (tables.length === 0) return;
  throw new UserError(
    `${folder} already holds tables (${tables.slice(0, 3).join(", ")}${
      tables.length > 3 ? ", ..." : ""
    }); choose another folder with --out, or replace them all with --force.`,
  );
}

function activityLimit(text: string): number | "off" {
  if (text === "off" || text === "none") return "off";
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number, off or none.");
}
