import { type Markup, markup } from "../../report/kit/markup.ts";
import { bytesText, percent } from "../../report/kit/numbers.ts";
import type { BenchFile } from "../bench_file.ts";
import { doubtsOf } from "../doubts.ts";
import type { KernelRow } from "../kernel_row.ts";
import type { ModelRow } from "../models/model_row.ts";
import { figure } from "./figure.ts";
import { modelNames } from "./model_names.ts";
import type { Reproduction } from "../reproduce/reproduction.ts";

/** Sizes as `genes=978 batch=16`. */
export function sizesText(sizes: Readonly<Record<string, number>>): string {
  return Object.entries(sizes).map(([name, value]) => `${name}=${value}`).join(" ");
}

/** A table that scrolls on narrow pages; the first column is text. */
export function table(
  heads: readonly string[],
  lines: readonly (readonly (string | Markup)[])[],
  textColumns = 1,
): Markup {
  const side = (k: number) => k < textColumns ? "text" : "";
  return markup`<div class="scroll"><table class="bench">
<thead><tr>${heads.map((head, k) => markup`<th class="${side(k)}">${head}</th>`)}</tr></thead>
<tbody>${
    lines.map((line) =>
      markup`<tr>${line.map((cell, k) => markup`<td class="${side(k)}">${cell}</td>`)}</tr>`
    )
  }</tbody>
</table></div>`;
}

/** Every row of the kernel suite, a table a kernel, folded away. */
export function kernelTables(rows: readonly KernelRow[]): Markup {
  const groups = [...Map.groupBy(rows, ({ kernel }) => kernel)];
  return markup`${
    groups.map(([kernel, members]) =>
      markup`<details><summary>${kernel}, ${members.length} rows</summary>
${
        table(
          [
            "variant",
            "pass",
            "sizes",
            "ms",
            "min",
            "±",
            "cold",
            "n",
            "GFLOP/s",
            "GB/s",
            "roof",
            "× naive",
            "99 %",
            "error",
            "memory",
            "calls",
          ],
          members.map((row) => [
            row.variant,
            row.pass,
            sizesText(row.sizes),
            figure(row.ms_median),
            figure(row.ms_min),
            figure(row.ms_spread),
            figure(row.ms_cold),
            doubtsOf(row).length > 0
              ? markup`<span class="wrong">${String(row.repeats)} !</span>`
              : String(row.repeats),
            row.flag ? "–" : figure(row.gflops),
            row.flag ? "–" : figure(row.gbs),
            row.flag
              ? markup`<span class="wrong">impossible</span>`
              : row.roofline_share === null
              ? "–"
              : percent(row.roofline_share),
            row.flag ? "–" : figure(row.speedup_vs_naive),
            row.speedup_interval && !row.flag
              ? `${figure(row.speedup_interval[0])}–${figure(row.speedup_interval[1])}`
              : "–",
            figure(row.max_rel_error),
            row.peak_bytes === null ? "–" : bytesText(row.peak_bytes),
            String(row.dispatches ?? "–"),
          ]),
          3,
        )
      }</details>`
    )
  }`;
}

/** Steps of the models. */
export function modelTables(models: readonly ModelRow[]): Markup {
  const names = modelNames(models);
  const nameOf = (row: ModelRow) => names.get(row)!.replace("\n", ", ");
  return markup`${
    table(
      [
        "model",
        "pass",
        "size",
        "ms a step",
        "samples/s",
        "GPU idle",
        "host",
        "µs a launch",
        "launches",
        "submits",
        "memory",
      ],
      models.map((row) => [
        nameOf(row),
        row.pass,
        `${row.scale}: ${sizesText(row.sizes)}`,
        figure(row.ms_step),
        figure(row.samples_per_second),
        row.gpu_idle_share === null ? "–" : percent(row.gpu_idle_share),
        percent(row.host_share),
        figure(row.host_us_per_dispatch),
        String(row.dispatches),
        String(row.submits),
        bytesText(row.peak_bytes),
      ]),
      3,
    )
  }${
    models.filter(({ kernels }) => kernels.length > 0).map((model) =>
      markup`<details><summary>${nameOf(model)}: time by kernel</summary>${
        table(
          ["kernel", "phase", "calls", "ms", "share", "GFLOP/s", "GB/s", "roofline"],
          model.kernels.filter(({ share }) => share >= 0.005).map((row) => [
            row.kernel,
            row.phase,
            String(row.calls),
            figure(row.ms),
            percent(row.share),
            figure(row.gflops),
            figure(row.gbs),
            row.roofline_share === null ? "–" : percent(row.roofline_share),
          ]),
          2,
        )
      }</details>`
    )
  }`;
}

/** Reproduced tables; published figures are marked as such. */
export function reproductionTables(reproductions: readonly Reproduction[]): Markup {
  return markup`${
    reproductions.map(({ title, command, lines }) =>
      markup`<h3>${title}</h3>
${
        table(
          ["what", "source", "note", "published", "here", "unit"],
          lines.map(({ what, published, source, here, unit, note }) => [
            what,
            source ?? "–",
            note ?? "",
            published === null ? "–" : markup`<span class="published">${figure(published)}</span>`,
            figure(here),
            unit,
          ]),
          3,
        )
      }<pre>${command}</pre>`
    )
  }`;
}

/** Which machine, adapter, seed and command stand behind every file. */
export function sourceSection(files: readonly { readonly path: string; readonly file: BenchFile }[]): Markup {
  return markup`<section><h2>Where the figures come from</h2>
<p>Times are medians of interleaved repeats on the device's clock (timestamp queries) unless a row says wall clock; ± is
the distance of the quartiles. Every variant with a row was checked against float64 before, while and after it was timed. The method
is in bench/README.md. Variants that gave a wrong result have no row here: they stand first on the page.</p>
${
    files.map(({ path, file: { machine, created, command, seed, roofline } }) =>
      markup`<dl class="setup">
<dt>file</dt><dd>${path}</dd>
${
        machine &&
        markup`<dt>adapter</dt><dd>${machine.adapter} (${machine.adapterClass})</dd><dt>machine</dt><dd>${machine.machine}</dd>`
      }
${machine?.driver !== undefined && markup`<dt>driver</dt><dd>${machine.driver}</dd>`}
${machine?.commit !== undefined && markup`<dt>commit</dt><dd>${machine.commit}</dd>`}
${machine?.load && markup`<dt>load</dt><dd>${machine.load.join(", ")} (1, 5, 15 minutes) at its start</dd>`}
${
        roofline &&
        markup`<dt>ceilings</dt><dd>${figure(roofline.gflops)} GFLOP/s in registers, ${
          figure(roofline.gbs)
        } GB/s in a copy, measured in the same run</dd>`
      }
${seed !== null && markup`<dt>seed</dt><dd>${seed}</dd>`}
${created && markup`<dt>ended</dt><dd>${created}</dd>`}
${command && markup`<dt>command</dt><dd><code>${command}</code></dd>`}
</dl>`
    )
  }</section>`;
}
