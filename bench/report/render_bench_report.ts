import type { BenchFile } from "../bench_file.ts";
import { isWrong, type KernelRow } from "../kernel_row.ts";
import { type Bar, barChart, memoryBars, productRows, speedupBars } from "./bar_charts.ts";
import style from "./bench_report.css" with { type: "text" };
import { figure } from "./figure.ts";
import { modelChart } from "./model_chart.ts";
import { standalone } from "../../report/kit/draw.ts";
import { type Markup, markup } from "../../report/kit/markup.ts";
import { page } from "../../report/kit/page.ts";
import { rooflineChart, type RooflinePoint, rooflinePoints } from "./roofline_chart.ts";
import { scalingChart, sweepsOf } from "./scaling_chart.ts";
import { kernelTables, modelTables, reproductionTables, sizesText, sourceSection } from "./sections.ts";
import { comparisonSection } from "./comparison_section.ts";
import { sortTables } from "./sort_tables.ts";
import { predictedSection } from "./predicted_section.ts";
import { missingSection } from "./missing_section.ts";

/** A file with the path under which the report names it. */
export interface NamedBenchFile {
  readonly path: string;
  readonly file: BenchFile;
}

/** A chart as a file that stands alone, and what to call it. */
export interface Drawing {
  readonly name: string;
  readonly svg: string;
}

/** A finished report: one page, and its drawings for export. */
export interface BenchReport {
  readonly html: string;
  readonly drawings: readonly Drawing[];
}

/** Rows of the kernel suite, as opposed to those of peers, which launch what they like. */
function isKernelRow({ dispatches }: KernelRow): boolean {
  return dispatches !== null;
}

/** One self-contained page of all files: no link, one script that sorts tables, light and dark, narrow and wide. */
export async function renderBenchReport(
  files: readonly NamedBenchFile[],
  /** An earlier measurement, to whose rows those of `files` are compared. */
  before?: NamedBenchFile,
): Promise<BenchReport> {
  const drawings: Drawing[] = [];
  const keep: Keep = (name, chart) => {
    drawings.push({ name, svg: standalone(chart) });
    return chart;
  };
  const kernelRows = files.flatMap(({ file }) => file.rows.filter(isKernelRow));
  const peerRows = files.flatMap(({ file }) => file.rows.filter((row) => !isKernelRow(row)));
  const models = files.flatMap(({ file }) => file.models);
  const reproductions = files.flatMap(({ file }) => file.reproductions);
  const body = markup`${headline(files, kernelRows)}
${missingSection(files, kernelRows)}
${before && comparisonSection(before, files)}
${await rooflineSections(files, keep)}
${await barSection(kernelRows, keep)}
${await scalingSection(files, keep)}
${await modelSection(models, keep)}
${await peerSection(peerRows, keep)}
${predictedSection(files, kernelRows)}
${
    reproductions.length > 0 && markup`<section><h2>Published figures beside</h2>
<p>Published figures were read from the sources named, not measured here.</p>${
      reproductionTables(reproductions)
    }</section>`
  }
${kernelRows.length > 0 && markup`<section><h2>Every row</h2>${kernelTables(kernelRows)}</section>`}
${sourceSection(files)}`;
  return { html: page("Benchmark", markup`${body}${sortTables}`, style), drawings };
}

/** The first thing one sees: the largest advantages, and on what they were measured. */
function headline(files: readonly NamedBenchFile[], rows: readonly KernelRow[]): Markup {
  const adapters = [...new Set(files.flatMap(({ file }) => file.machine?.adapter ?? []))];
  const software = files.some(({ file }) => file.machine?.adapterClass === "software");
  // A ratio of few repeats is shown with a mark, and headlines nothing.
  const best = speedupBars(rows.filter(({ speedup_interval }) => speedup_interval !== null)).slice(0, 4);
  const errors = rows.map((row) => row.max_rel_error);
  const facts: [string, string][] = [
    ...best.map(({ name, text }): [string, string] => [`${name}, against naive`, text]),
    ...(errors.length > 0
      ? [["largest error of any row", figure(Math.max(...errors))] as [string, string]]
      : []),
  ];
  const top = best[0];
  return markup`<header>
<p class="eyebrow">Perturbine benchmark · ${adapters.join(", ") || "adapter not recorded"}</p>
<div class="verdict ${software ? "mixed" : "good"}">
<h1>${
    top ? `${top.name} runs ${top.text.replace(" x", " times")} as fast as its naive twin` : "Measurements"
  }</h1>
${
    files.some(({ file }) => file.refused.some(isWrong)) &&
    markup`<p class="wrong">Some variants gave wrong results or none: they stand first below.</p>`
  }
${
    software &&
    markup`<p class="gap">A software driver on the CPU: compare kernels with one another on it, never with a GPU, and rank no
GPU variant by it.</p>`
  }
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</div>
</header>`;
}

/** Hands a chart on to the page and keeps it for export. */
type Keep = (name: string, chart: Markup) => Markup;

async function rooflineSections(files: readonly NamedBenchFile[], keep: Keep): Promise<Markup[]> {
  const sections: Markup[] = [];
  // A file with most kernels on an adapter shows them all; sweeps of single kernels are shown as curves.
  const shown = new Map<string, { points: RooflinePoint[]; file: BenchFile }>();
  for (const { file } of files) {
    const points = rooflinePoints(file.rows.filter(isKernelRow));
    const adapter = file.machine?.adapter ?? "";
    if (!file.roofline || points.length === 0) continue;
    if (points.length > (shown.get(adapter)?.points.length ?? 0)) shown.set(adapter, { points, file });
  }
  for (const [adapter, { points, file }] of shown) {
    const name = shown.size === 1 ? "roofline" : `roofline_${sections.length + 1}`;
    const kernels = Map.groupBy(points, ({ number }) => number);
    sections.push(markup`<section>
<h2>How far from the hardware</h2>
<p>Every kernel under the ceilings that ${adapter} reached in the same run: ${
      figure(file.roofline!.gflops)
    } GFLOP/s in
registers, ${
      figure(file.roofline!.gbs)
    } GB/s in a copy of 64 MiB. Bytes are those that must cross memory once, so a kernel whose
data stay in a cache can stand above the slope. A number is a kernel, a letter its variant beside the one that the
product runs (filled).</p>
<figure class="wide">${keep(name, await rooflineChart(points, file.roofline!))}</figure>
<ol class="key">${
      [...kernels].map(([number, members]) =>
        markup`<li value="${number}">${members[0].row.kernel} <small>${
          members.map(({ letter, row }) =>
            `${letter} ${row.variant}${
              row.roofline_share === null ? "" : ` ${figure(100 * row.roofline_share)} %`
            }`
          ).join(", ")
        }</small></li>`
      )
    }</ol>
</section>`);
  }
  return sections;
}

async function barSection(rows: readonly KernelRow[], keep: Keep): Promise<Markup> {
  const [speed, memory] = [speedupBars(rows), memoryBars(rows)];
  if (speed.length === 0) return markup``;
  const sizes = new Map(productRows(rows).map((row) => [row.kernel, sizesText(row.sizes)]));
  const memoryFigure = memory.length > 0 && markup`<figure><h3>Peak memory</h3>${
    keep(
      "memory",
      await barChart("Peak device memory", memory, {
        title: "bytes",
        from: 10 ** Math.floor(Math.log10(Math.min(...memory.map(({ value }) => value)))),
      }),
    )
  }<figcaption>All buffers of a process that runs only this: inputs, outputs, gradients, workspace.</figcaption></figure>`;
  return markup`<section>
<h2>Against the naive twins</h2>
<p>The variant that the product runs, forward and backward together, and its twin in the same interleaved run.</p>
<div class="charts">
<figure><h3>Speed-up</h3>${
    keep(
      "speedup",
      await barChart("Speed-up over the naive twin", speed, { title: "times as fast", from: 1 }),
    )
  }<figcaption>${
    [...sizes].filter(([kernel]) => speed.some(({ name }) => name.startsWith(`${kernel},`)))
      .map(([kernel, text]) => `${kernel}: ${text}`).join("; ")
  }.</figcaption></figure>
${memoryFigure}</div></section>`;
}

async function scalingSection(files: readonly NamedBenchFile[], keep: Keep): Promise<Markup> {
  // A file at a time: a curve through points of two machines would say nothing.
  const sweeps = files.flatMap(({ file }) =>
    sweepsOf(file.rows.filter(isKernelRow), file.fits).map((sweep) => ({
      ...sweep,
      adapter: file.machine?.adapter,
    }))
  );
  if (sweeps.length === 0) return markup``;
  const several = new Set(sweeps.map(({ adapter }) => adapter)).size > 1;
  const figures: Markup[] = [];
  const names = new Map<string, number>();
  for (const sweep of sweeps) {
    const base = `scaling_${sweep.kernel}_${sweep.size}`;
    const times = (names.get(base) ?? 0) + 1;
    names.set(base, times);
    figures.push(
      markup`<figure><h3>${sweep.kernel} over ${sweep.size}${
        several && sweep.adapter && ` · ${sweep.adapter}`
      }</h3>${keep(times > 1 ? `${base}_${times}` : base, await scalingChart(sweep))}
<figcaption>${
        sweep.fits.map(({ variant, exponent, error, r2, from, to }) =>
          `${variant}: time ~ ${sweep.size}^${exponent.toFixed(2)}${
            error === null ? "" : ` ± ${error.toFixed(2)}`
          } from ${from} to ${to} (r² ${r2.toFixed(3)})`
        ).join("; ")
      }.</figcaption></figure>`,
    );
  }
  return markup`<section><h2>How cost grows</h2>
<p>One size at a time, the others held. Dots were measured, dashed lines are power laws fitted to them, ± their standard error.</p><div class="charts">${figures}</div></section>`;
}

async function modelSection(models: BenchFile["models"], keep: Keep): Promise<Markup> {
  if (models.length === 0) return markup``;
  return markup`<section><h2>Whole models</h2>
<p>Training steps end to end, one wait at the end of a run of steps. GPU idle is the part of a step in which no kernel ran, host
the part in which the host was busy.</p>
<figure class="wide">${keep("models", await modelChart(models))}</figure>
${modelTables(models)}</section>`;
}

async function peerSection(rows: readonly KernelRow[], keep: Keep): Promise<Markup> {
  if (rows.length === 0) return markup``;
  const figures: Markup[] = [];
  const groups = Map.groupBy(rows, ({ kernel, pass, sizes }) => `${kernel}, ${pass}  ${sizesText(sizes)}`);
  for (const [title, members] of groups) {
    const bars: Bar[] = members.toSorted((a, b) => a.ms_median - b.ms_median).map((row) => ({
      name: row.variant,
      value: row.ms_median,
      text: `${figure(row.ms_median)} ms`,
      own: /^perturbine/.test(row.variant),
    }));
    const from = 10 ** Math.floor(Math.log10(Math.min(...bars.map(({ value }) => value))));
    const name = `peers_${figures.length + 1}`;
    figures.push(
      markup`<figure><h3>${title}</h3>${
        keep(name, await barChart(title, bars, { title: "ms", from }))
      }</figure>`,
    );
  }
  return markup`<section><h2>Beside other libraries</h2>
<p>The same work and sizes, outputs checked against float64. WebAssembly runs on the CPU without a GPU driver between, PyTorch on
what its row names: on a software driver compare WebGPU with WebGPU.</p>
<div class="charts">${figures}</div></section>`;
}
