import { type Markup, markup } from "../../report/kit/markup.ts";
import { page } from "../../report/kit/page.ts";
import { colour, draw, legendAbove } from "../../report/kit/draw.ts";
import { rowKey } from "../bench_file.ts";
import { doubtsOf } from "../doubts.ts";
import { isWrong, type KernelRow } from "../kernel_row.ts";
import { comparableRow } from "../models/comparable_row.ts";
import style from "./bench_report.css" with { type: "text" };
import type { NamedBenchFile } from "./render_bench_report.ts";
import { quantile } from "../statistics.ts";
import { figure } from "./figure.ts";
import { sizesText, table } from "./sections.ts";
import { sortTables } from "./sort_tables.ts";

/** One row of one measurement. */
interface Moment {
  readonly name: string;
  readonly created: string;
  readonly commit: string;
  readonly driver: string;
  readonly load: string;
  readonly row: KernelRow;
}

/**
 * One page over many measurements, oldest first: for every kernel, variant and size that more than one of them has, its time,
 * its time in canary units and its ratio against the naive twin by commit, driver and load. One driver a curve.
 */
export async function historyPage(files: readonly NamedBenchFile[]): Promise<string> {
  const ordered = files.toSorted((a, b) => a.file.created.localeCompare(b.file.created));
  const moments = ordered.flatMap(({ path, file }) =>
    [...file.rows, ...file.models.map(comparableRow)].filter(({ pass }) => pass === "both").map((
      row,
    ): Moment => ({
      name: path.split("/").at(-1)!,
      created: file.created.slice(0, 10),
      commit: file.machine?.commit ?? "not kept",
      // Vendor and device of a driver's identity are numbers; people know it by what follows.
      driver: (file.machine?.driver ?? row.adapter).replace(/^(\d+ \| )+/, ""),
      load: file.machine?.load?.[0]?.toString() ?? "not kept",
      row,
    }))
  );
  const series = [...Map.groupBy(moments, ({ row }) => rowKey(row)).values()].filter((members) =>
    members.length > 1
  );
  const wrong = ordered.flatMap(({ path, file }) =>
    file.refused.filter(isWrong).map((row) => ({ path, row }))
  );
  const body = markup`<header><p class="eyebrow">Perturbine benchmark</p>
<div class="verdict mixed"><h1>History of ${String(ordered.length)} measurements</h1>
<p>${
    String(series.length)
  } kernels, variants and sizes occur more than once. Times of different adapters, processors or loads are
shown beside one another, not compared: units are those of the canary, which divide load and clock out.</p></div></header>
${
    wrong.length > 0 && markup`<section><h2>Wrong or failing</h2>${
      table(
        ["variant", "sizes", "why", "file"],
        wrong.map(({ path, row }) => [
          markup`<strong class="wrong">${row.kernel}, ${row.variant}</strong>`,
          sizesText(row.sizes),
          row.reason,
          path.split("/").at(-1)!,
        ]),
        4,
      )
    }</section>`
  }
<section><h2>Measurements</h2>${
    table(
      ["file", "ended", "commit", "adapter and driver", "load", "rows"],
      ordered.map(({ path, file: { created, machine, rows, models } }) => [
        path.split("/").at(-1)!,
        created.slice(0, 16).replace("T", " "),
        machine?.commit ?? "not kept",
        machine?.driver ?? machine?.adapter ?? "not kept",
        machine?.load?.join(" ") ?? "not kept",
        String(rows.length + models.length),
      ]),
      4,
    )
  }</section>
<section><h2>By kernel</h2><div class="charts">${await Promise.all(firstVariants(series).map(chart))}</div>
${series.map(seriesTable)}</section>${sortTables}`;
  return page("Benchmark history", body, style);
}

/** The variant that the product runs, at its first size. */
function firstVariants(series: readonly (readonly Moment[])[]): (readonly Moment[])[] {
  const seen = new Set<string>();
  return series.filter(([{ row }]) => !seen.has(row.kernel) && seen.add(row.kernel));
}

async function chart(members: readonly Moment[]): Promise<Markup> {
  const [{ row: { kernel, variant, sizes } }] = members;
  const drivers = [...new Set(members.map(({ driver }) => driver))];
  const palette = [colour.model, colour.second, colour.good, colour.baseline, colour.ink];
  // Month and day are enough to find the file below; a number keeps measurements of one day apart.
  const values = members.map(({ created, driver, row }, k) => ({
    at: `${k + 1}: ${created.slice(5)}`,
    ms: row.ms_median,
    driver,
  }));
  const drawing = await draw(`${kernel} over time`, {
    width: 330,
    height: 150,
    data: { values },
    mark: { type: "line", point: { size: 40 }, strokeWidth: 1.5 },
    encoding: {
      x: {
        field: "at",
        type: "ordinal",
        title: null,
        sort: null,
        axis: { labelAngle: 0, labelOverlap: true },
      },
      y: {
        field: "ms",
        type: "quantitative",
        title: "ms",
        scale: { type: "log", nice: false },
        axis: { tickCount: 4, format: "~g" },
      },
      color: {
        field: "driver",
        type: "nominal",
        title: null,
        scale: { domain: drivers, range: palette.slice(0, drivers.length) },
        legend: drivers.length > 1 ? { ...legendAbove, columns: 1, labelLimit: 320 } : null,
      },
    },
  });
  return markup`<figure><h3>${kernel}, ${variant}</h3>${drawing}<figcaption>${
    sizesText(sizes)
  }.</figcaption></figure>`;
}

function seriesTable(members: readonly Moment[]): Markup {
  const [{ row }] = members;
  return markup`<details><summary>${row.kernel}, ${row.variant}, ${sizesText(row.sizes)}</summary>${
    table(
      ["file", "ended", "commit", "driver", "load", "ms", "±", "units", "× naive", "n"],
      members.map(({ name, created, commit, driver, load, row }) => [
        name,
        created,
        commit,
        driver,
        load,
        figure(row.ms_median),
        figure(row.ms_spread),
        row.samples_canary.length > 0 ? figure(quantile(row.samples_canary, 0.5)) : "–",
        figure(row.speedup_vs_naive),
        doubtsOf(row).length > 0
          ? markup`<span class="wrong">${String(row.repeats)} !</span>`
          : String(row.repeats),
      ]),
      4,
    )
  }</details>`;
}
