import Table from "cli-table3";
import { editLensText } from "./edit_lens.ts";
import type { ReplayResult } from "./replay_captured.ts";
import type { EditResult } from "./run_edited.ts";

/** A captured dispatch and its edit for people: times, then how the outputs agree. */
export function replayTable(result: EditResult): string {
  const { captured, edited } = result;
  const shown = edited ? [captured, edited] : [captured];
  const table = new Table({
    head: ["shader", "ms", "min", "+-", "n", "GFLOP/s", "GB/s", "output"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const row of shown) {
    const { times } = row;
    table.push(
      times
        ? [
          row.file,
          figure(times.ms_median),
          figure(times.ms_min),
          figure(times.ms_spread),
          times.repeats,
          figure(times.gflops),
          figure(times.gbs),
          agreement(row),
        ]
        : [row.file, "", "", "", "", "", "", agreement(row)],
    );
  }
  const parts = [
    `${result.kernel} (${result.operation}) on ${captured.adapter}, ${captured.timer}`,
    table.toString(),
  ];
  const remarks: string[] = [];
  if (result.speedup !== null) {
    const { speedup, speedup_interval: interval } = result;
    const within = interval
      ? ` (99 %: ${interval.map(figure).join(" to ")})`
      : " (too few runs for an interval)";
    remarks.push(
      interval && interval[0] <= 1 && interval[1] >= 1
        ? `No difference beyond noise: the edit is ${figure(speedup)} times as fast${within}`
        : speedup >= 1
        ? `The edit is ${figure(speedup)} times as fast${within}`
        : `The edit is ${figure(1 / speedup)} times slower (${figure(speedup)} times as fast${within})`,
    );
  }
  const times = (edited ?? captured).times;
  if (times) {
    remarks.push(
      `an empty dispatch takes ${figure(times.ms_empty)} ms here` +
        (times.ms_median < 3 * times.ms_empty ? ", so most of this is launch" : ""),
    );
  }
  if (result.roofline_share !== null) {
    remarks.push(`${figure(100 * result.roofline_share)} % of the roofline`);
  }
  if (!result.passed) remarks.push(`Wrong, so no time: more than ${result.tolerance} off`);
  if (remarks.length > 0) parts.push(`${remarks.join("; ")}.`);
  if (result.lens.length > 0) parts.push(editLensText(result.lens));
  return parts.join("\n");
}

function agreement({ outputs }: ReplayResult): string {
  const differing = Object.entries(outputs).filter(([, { identical }]) => !identical);
  if (differing.length === 0) return "identical";
  return differing.map(([name, { error, worst }]) => `${name}: off by ${error.toExponential(1)} at ${worst}`)
    .join(", ");
}

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en-GB") : value.toPrecision(3);
}
