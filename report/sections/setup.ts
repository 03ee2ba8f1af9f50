import { type Markup, markup } from "../kit/markup.ts";
import { bytesText, countText, number } from "../kit/numbers.ts";
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
<div class="scroll"><table class="kernels">
<tr><th>kernel</th><th>phase</th><th>share</th><th>calls</th><th>ms</th><th>GFLOP/s</th><th>GB/s</th></tr>
${
    kernels.slice(0, 15).map((row) => {
      const share = (100 * row.share).toFixed(1);
      return markup`
<tr><td>${
        breakable(row.kernel)
      }</td><td>${row.phase}</td><td><span class="bar"><span style="width:${share}%"></span></span>${share} %</td>
<td>${row.calls}</td><td>${number(row.milliseconds)}</td><td>${number(row.gflops)}</td><td>${
        number(row.gigabytesPerSecond)
      }</td></tr>`;
    })
  }
</table></div></details>`;
}

/** A kernel's name that may break behind its underscores, nowhere else. */
function breakable(name: string): Markup {
  return markup`${name.split(/(?<=_)/).map((part, place) => markup`${place > 0 && markup`<wbr>`}${part}`)}`;
}
