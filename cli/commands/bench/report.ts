import { Command } from "@commander-js/extra-typings";
import { readBenchFile } from "../../../bench/bench_file.ts";
import { standalone } from "../../../bench/report/draw.ts";
import { renderBenchReport } from "../../../bench/report/render_bench_report.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../engine/write_file_atomic.ts";

const help = `
Files come from bench kernels, models, peers and reproduce with --out, or from bench/pytorch; give several to show them
on one page. The page needs nothing but itself; --svg writes its charts as files besides.

Examples:
  perturbine bench report kernels.json models.json peers.json --out bench.html
  perturbine bench report kernels.json --out bench.html --svg charts
`;

/** `perturbine bench report`. */
export function benchReportCommand() {
  return new Command("report")
    .description(
      "One self-contained HTML page of measurements: roofline, scaling, speed-up, memory, peers, tables",
    )
    .argument("<files...>", "measurements")
    .requiredOption("--out <file>", "HTML file to write")
    .option("--svg <folder>", "write every chart as an SVG file besides")
    .addHelpText("after", help)
    .action(async (paths, { out, svg }) => {
      const files = await Promise.all(paths.map(async (path) => ({ path, file: await readBenchFile(path) })));
      const empty = files.find(({ file: { rows, models, reproductions } }) =>
        rows.length + models.length + reproductions.length === 0
      );
      if (empty) {
        throw new UserError(`${empty.path} holds no measurement; write one with bench kernels --out FILE.`);
      }
      const { html, drawings } = await renderBenchReport(files);
      await writeFileAtomic(out, html);
      if (svg !== undefined) {
        await Deno.mkdir(svg, { recursive: true });
        for (const drawing of drawings) {
          await writeFileAtomic(`${svg}/${drawing.name}.svg`, standalone(drawing));
        }
      }
      console.log(`Report: ${out}${svg === undefined ? "" : `; ${drawings.length} charts in ${svg}`}`);
    });
}
