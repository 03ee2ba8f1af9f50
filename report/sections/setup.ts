import { type Markup, markup } from "../kit/markup.ts";
import { bytesText, countText, number } from "../kit/numbers.ts";
import { shareBar } from "../kit/bars.ts";
import { pageTable } from "../kit/text_table.ts";
import type { RunReport } from "../run_report.ts";

/** How to get the same again: where it ran, the command, and, folded away, device time and the whole configuration. */
export function setupSection(report: RunReport): Markup {
  const { environment, memory, parameters, split, config } = report;
  const rows: [string, string][] = [
    ["model", report.model],
    ["data", report.layout],
    ["split", `${split.name} (checksum ${split.checksum.slice(0, 12)})`],
    ["adapter", environment.adapter + (environment.software ? " (software driver)" : "")],
    ["machine", environment.machine],
    ["runtime", environment.runtime],
    ...(environment.tuned === undefined ? [] : [["kernels", environment.tuned] as [string, string]]),
    ["parameters", countText(parameters)],
  ];
  if (memory) {
    rows.push([
      "device memory",
      `${bytesText(memory.resident)} while training, ${bytesText(memory.peak)} at most`,
    ]);
  }
  return markup`
<section>
<h2>How it was made</h2>
<dl class="setup">${rows.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<pre>${environment.command}</pre>
${kernelFold(report)}
<details><summary>Configuration</summary><pre>${JSON.stringify(config, null, 2)}</pre></details>
</section>`;
}

/** Device time by kernel, when the run was profiled. */
function kernelFold({ kernels }: RunReport): Markup | false {
  return kernels.length > 0 && markup`
<details><summary>Where the device time goes</summary>
<p class="small">One training step, from timestamp queries. With --profile, trace.json holds every dispatch.</p>
${
    pageTable({
      head: ["kernel", "phase", "share", "calls", "ms", "GFLOP/s", "GB/s"],
      textColumns: 2,
      body: kernels.slice(0, 15).map((row) => [
        breakable(row.kernel),
        row.phase,
        shareBar(row.share, 1),
        row.calls,
        number(row.milliseconds),
        number(row.gflops),
        number(row.gigabytesPerSecond),
      ]),
    })
  }</details>`;
}

/** A kernel's name that may break behind its underscores, nowhere else. */
function breakable(name: string): Markup {
  return markup`${name.split(/(?<=_)/).map((part, place) => markup`${place > 0 && markup`<wbr>`}${part}`)}`;
}
