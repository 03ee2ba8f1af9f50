import { bytesText } from "../../report/kit/numbers.ts";
import type { KernelRow } from "../kernel_row.ts";
import { colour, draw } from "../../report/kit/draw.ts";
import type { Markup } from "../../report/kit/markup.ts";

/** One bar: its name, its value, what stands at its end, and whether it is this project's. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly own: boolean;
}

/** Horizontal bars on a logarithmic axis that starts at `from`. */
export async function barChart(
  label: string,
  bars: readonly Bar[],
  { title, from }: { readonly title: string; readonly from: number },
): Promise<Markup> {
  const x = {
    field: "value",
    type: "quantitative" as const,
    title,
    // Room for the text at the end of the longest bar.
    scale: {
      type: "log" as const,
      domain: [from, 4 * Math.max(from * 2, ...bars.map(({ value }) => value))],
    },
    axis: { tickCount: 5, format: "~s" },
  };
  const y = {
    field: "name",
    type: "nominal" as const,
    title: null,
    sort: bars.map((bar) => bar.name),
    axis: { labelLimit: 260, labelFontSize: 12, ticks: false, domain: false, labelPadding: 8 },
  };
  return await draw(label, {
    width: 330,
    height: { step: 24 },
    data: { values: [...bars] },
    layer: [
      {
        mark: { type: "bar", height: 13, cornerRadiusEnd: 3 },
        encoding: {
          x,
          x2: { datum: from },
          y,
          color: {
            field: "own",
            type: "nominal",
            scale: { domain: [true, false], range: [colour.model, colour.baseline] },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text", align: "left", dx: 6, fontSize: 12 },
        encoding: { x, y, text: { field: "text", type: "nominal" } },
      },
    ],
  });
}

/** The first row a kernel and variant, forward and backward together. */
export function firstRows(rows: readonly KernelRow[]): KernelRow[] {
  const seen = new Map<string, KernelRow>();
  for (const row of rows) {
    const key = `${row.kernel}\n${row.variant}`;
    if (row.pass === "both" && !seen.has(key)) seen.set(key, row);
  }
  return [...seen.values()];
}

/** The variant that a kernel's product runs: the first in the order of its case. */
export function productRows(rows: readonly KernelRow[]): KernelRow[] {
  const first = new Map<string, KernelRow>();
  for (const row of firstRows(rows)) if (!first.has(row.kernel)) first.set(row.kernel, row);
  return [...first.values()];
}

/** Speed-ups over the naive twins; those of fewer than five shared rounds carry a question mark. */
export function speedupBars(rows: readonly KernelRow[]): Bar[] {
  return productRows(rows)
    .filter(({ speedup_vs_naive: ratio, variant, flag }) => ratio !== null && variant !== "naive" && !flag)
    .sort((a, b) => b.speedup_vs_naive! - a.speedup_vs_naive!)
    .map((row) => ({
      name: `${row.kernel}, ${row.variant}`,
      value: Math.max(1, row.speedup_vs_naive!),
      text: `${Number(row.speedup_vs_naive!.toPrecision(3)).toLocaleString("en-GB")} x${
        row.speedup_interval ? "" : " ?"
      }`,
      own: true,
    }));
}

/** Peak memory of kernels and of their twins. */
export function memoryBars(rows: readonly KernelRow[]): Bar[] {
  const twins = new Map(
    firstRows(rows).filter(({ variant }) => variant === "naive").map((row) => [row.kernel, row]),
  );
  return productRows(rows).filter(({ kernel }) => twins.has(kernel)).flatMap((row) =>
    [row, twins.get(row.kernel)!].map((one) => ({
      name: `${one.kernel}, ${one.variant}`,
      value: one.peak_bytes,
      text: bytesText(one.peak_bytes),
      own: one.variant !== "naive",
    }))
  );
}
