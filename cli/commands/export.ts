import { Command, Option } from "commander";
import { type ExportedPart, exportFigures, exportPredictions } from "../../runs/export.ts";
import { UsageError } from "../usage_error.ts";

const help = `
Examples:
  perturbine export runs/csg2a-skbr3 --out predictions.h5ad     for scanpy; .gctx, .csv, .parquet and others too
  perturbine export runs/csg2a-skbr3 --figures figures          SVG and PNG
  perturbine export runs/table1 --figures figures               of a study`;

/** `perturbine export`: hands predictions and figures of a finished run on. */
export function exportCommand(): Command {
  return new Command("export")
    .description(
      "Write a run's own predictions (h5ad, GCTX, CSV, Parquet), or the figures of a run or study (SVG, PNG)",
    )
    .argument("<dir>", "folder of a finished run, or with --figures of a study")
    .option(
      "--out <file>",
      "predictions: .csv, .csv.gz, .tsv, .parquet, .h5ad, .gctx, .gct; one of that name is replaced",
    )
    .addOption(
      new Option("--part <name>", "rows of the run's data that --out holds (default: test)").choices([
        "train",
        "validation",
        "test",
      ]),
    )
    .option("--figures <dir>", "folder for the figures of its page")
    .option("--json", "print a summary as JSON")
    .addHelpText("after", help)
    .action(async (dir: string, { out, part, figures, json }: ExportFlags) => {
      if (out === undefined && figures === undefined) {
        throw new UsageError("Nothing to export; give --out FILE, --figures DIR, or both.");
      }
      if (out === undefined && part !== undefined) {
        throw new UsageError("--part belongs to --out; give both.");
      }
      const written = out === undefined ? undefined : await exportPredictions(dir, out, part);
      const names = figures === undefined ? undefined : await exportFigures(dir, figures);
      if (json) return console.log(JSON.stringify({ path: dir, output: out, ...written, figures: names }));
      if (written) console.log(`${written.rows} rows of ${written.columns} written to ${out}`);
      if (names) {
        console.log(`${names.length} figures written to ${figures} as SVG and PNG: ${names.join(", ")}`);
      }
    });
}

interface ExportFlags {
  readonly out?: string;
  readonly part?: ExportedPart;
  readonly figures?: string;
  readonly json?: boolean;
}
