import { Command } from "@commander-js/extra-typings";
import { readBenchFile } from "../../../bench/bench_file.ts";
import { checkOutputFile } from "../../../runs/output_file.ts";
import { renderPngs } from "../../../report/png/render_pngs.ts";
import { renderBenchReport } from "../../../bench/report/render_bench_report.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../host/write_file_atomic.ts";

const help = `
Files come from bench kernels, models, peers and reproduce with --out, or from bench/pytorch; give several to show them
on one page. The page needs nothing but itself; --svg and --png write its charts as files besides (for --png a renderer
and a font, 3 MB, are fetched from npm once).

Examples:
  perturbine bench report kernels.json models.json peers.json --out bench.html
  perturbine bench report after.json --before before.json --out change.html
  perturbine bench report kernels.json --out bench.html --svg charts --png charts
`;

/** `perturbine bench report`. */
export function benchReportCommand() {
  return new Command("report")
    .description(
      "One self-contained HTML page of measurements: roofline, scaling, speed-up, memory, peers, tables",
    )
    .argument("<files...>", "measurements")
    .requiredOption("--out <file>", "HTML file to write")
    .option("--before <file>", "an earlier measurement: a section says what changed since")
    .option("--svg <folder>", "write every chart as an SVG file besides")
    .option("--png <folder>", "write every chart as a PNG file besides")
    .addHelpText("after", help)
    .action(async (paths, { out, before, svg, png }) => {
      await checkOutputFile(out, paths);
      const files = await Promise.all(paths.map(async (path) => ({ path, file: await readBenchFile(path) })));
      const empty = files.find(({ file: { rows, refused, models, reproductions, predictions } }) =>
        rows.length + refused.length + models.length + reproductions.length + predictions.length === 0
      );
      if (empty) {
        throw new UserError(`${empty.path} holds no measurement; write one with bench kernels --out FILE.`);
      }
      const { html, drawings } = await renderBenchReport(
        files,
        before === undefined ? undefined : { path: before, file: await readBenchFile(before) },
      );
      await writeFileAtomic(out, html);
      const names = drawings.map(({ name }) => name);
      const charts = drawings.map(({ svg }) => svg);
      if (svg !== undefined) await writeCharts(svg, "svg", names, charts);
      if (png !== undefined) await writeCharts(png, "png", names, await pngsOf(charts));
      const folders = [...new Set([svg, png])].filter((folder) => folder !== undefined);
      console.log(
        `Report: ${out}${folders.length > 0 ? `; ${names.length} charts in ${folders.join(" and ")}` : ""}`,
      );
    });
}

async function writeCharts(
  folder: string,
  ending: "svg" | "png",
  names: readonly string[],
  contents: readonly (string | Uint8Array)[],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [k, name] of names.entries()) await writeFileAtomic(`${folder}/${name}.${ending}`, contents[k]);
}

async function pngsOf(svgs: readonly string[]): Promise<Uint8Array[]> {
  return await renderPngs(svgs).catch((error: Error) => {
    throw new UserError(
      `The charts cannot be written as PNG: ${error.message}; check the network, or take --svg, which needs none.`,
    );
  });
}
