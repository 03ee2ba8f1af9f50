import Table from "cli-table3";
import { stepPartsText } from "./explain_step.ts";
import type { ModelRow } from "./model_row.ts";

import { quantile } from "../statistics.ts";

const style = { head: [], border: [], compact: true };

/** A model's rows for people: its steps, then the kernels that take more than 3 % of a training step. */
export function modelTable(rows: readonly ModelRow[]): string {
  if (rows.length === 0) return "";
  const [{ model, scale, sizes, adapter }] = rows;
  const steps = new Table({
    head: [
      "pass",
      "ms/step",
      "+-",
      "samples/s",
      "kernels ms",
      "GPU idle",
      "host",
      "us/dispatch",
      "dispatches",
      "submits",
      "memory",
    ],
    colAligns: ["left", ...Array(10).fill("right")],
    style,
  });
  for (const row of rows) {
    steps.push([
      row.pass,
      row.ms_step.toPrecision(3),
      row.samples_ms.length < 2
        ? ""
        : (quantile(row.samples_ms, 0.75) - quantile(row.samples_ms, 0.25)).toPrecision(2),
      row.samples_per_second.toPrecision(3),
      row.ms_kernels?.toPrecision(3) ?? "",
      row.gpu_idle_share === null ? "" : percent(row.gpu_idle_share),
      percent(row.host_share),
      row.host_us_per_dispatch.toPrecision(3),
      row.dispatches,
      row.submits,
      `${(row.peak_bytes / 1e6).toPrecision(3)} MB`,
    ]);
  }
  const told = rows.flatMap(({ pass, parts }) => parts ? [`  ${pass}, ${stepPartsText(parts)}`] : []);
  const named = Object.entries(sizes).map(([name, value]) => `${name}=${value}`).join(" ");
  const title = `${model}, ${scale} size  ${named}  (${adapter})`;
  const large = rows[0].kernels.filter(({ share }) => share >= 0.03);
  const above = [title, steps.toString(), ...told].join("\n");
  if (large.length === 0) return above;
  const kernels = new Table({
    head: ["kernel", "phase", "calls", "ms", "share", "GFLOP/s", "GB/s", "roofline"],
    colAligns: ["left", "left", ...Array(6).fill("right")],
    style,
  });
  for (const { kernel, phase, calls, ms, share, gflops, gbs, roofline_share } of large) {
    kernels.push([
      kernel,
      phase,
      calls,
      ms.toPrecision(3),
      percent(share),
      gflops.toPrecision(3),
      gbs.toPrecision(3),
      roofline_share === null ? "" : percent(roofline_share),
    ]);
  }
  return `${above}\n${kernels.toString()}`;
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}
