import type { KernelRow } from "../kernel_row.ts";
import { firstRows } from "./bar_charts.ts";
import type { Roofline } from "../roofline/roofline.ts";
import { colour, draw, legendAbove } from "../../report/kit/draw.ts";
import type { Markup } from "../../report/kit/markup.ts";

/** A kernel's place in the roofline plot; its number stands beside its dot. */
export interface RooflinePoint {
  readonly number: number;
  /** Tells a variant from the one that the product runs, whose letter is empty. */
  readonly letter: string;
  readonly row: KernelRow;
}

/** The variants to plot: one row a kernel and variant (forward and backward together), at the first size measured. */
export function rooflinePoints(rows: readonly KernelRow[]): RooflinePoint[] {
  const chosen = firstRows(
    rows.filter(({ gflops, intensity, flag }) => gflops > 0 && intensity > 0 && !flag),
  );
  const kernels = [...new Set(chosen.map(({ kernel }) => kernel))];
  return kernels.flatMap((kernel, k) =>
    chosen.filter((row) => row.kernel === kernel).map((row, variant) => ({
      number: k + 1,
      letter: variant === 0 ? "" : String.fromCharCode(97 + variant),
      row,
    }))
  );
}

/** What a dot is. */
const kinds = ["the product's", "another variant", "naive twin"];

/** Every kernel under the ceilings that this adapter reached in the same run. */
export async function rooflineChart(
  points: readonly RooflinePoint[],
  { gflops, gbs }: Roofline,
): Promise<Markup> {
  const intensities = points.map(({ row }) => row.intensity);
  const ridge = gflops / gbs;
  const from = Math.min(...intensities, ridge) / 2;
  const to = Math.max(...intensities, ridge) * 2;
  const lowest = Math.min(...points.map(({ row }) => row.gflops)) / 2;
  const values = points.map(({ number, letter, row }) => ({
    label: `${number}${letter}`,
    kernel: row.kernel,
    intensity: row.intensity,
    gflops: row.gflops,
    kind: row.variant === "naive" ? "naive twin" : letter === "" ? "the product's" : "another variant",
  }));
  const scale = { type: "log" as const, nice: false };
  const axis = { tickCount: 6, format: "~g" };
  const x = {
    field: "intensity",
    type: "quantitative" as const,
    title: "operations a byte",
    scale: { ...scale, domain: [from, to] },
    axis: { ...axis, grid: false },
  };
  const y = {
    field: "gflops",
    type: "quantitative" as const,
    title: "GFLOP/s",
    scale: { ...scale, domain: [lowest, 2 * Math.max(gflops, ...values.map((value) => value.gflops))] },
    axis,
  };
  return await draw("Kernels under the measured roofline", {
    width: 620,
    height: 340,
    layer: [
      {
        data: {
          values: [
            { intensity: from, gflops: gbs * from },
            { intensity: ridge, gflops },
            { intensity: to, gflops },
          ],
        },
        mark: { type: "line", color: colour.ink, strokeWidth: 1.5 },
        encoding: { x, y },
      },
      {
        data: { values },
        mark: { type: "point", size: 60, strokeWidth: 2 },
        encoding: {
          x,
          y,
          fill: {
            field: "kind",
            type: "nominal",
            title: null,
            scale: { domain: kinds, range: [colour.model, "transparent", "transparent"] },
            legend: legendAbove,
          },
          shape: {
            field: "kind",
            type: "nominal",
            title: null,
            scale: { domain: kinds, range: ["circle", "circle", "square"] },
            legend: legendAbove,
          },
          color: {
            field: "kind",
            type: "nominal",
            title: null,
            scale: { domain: kinds, range: [colour.model, colour.second, colour.baseline] },
            legend: legendAbove,
          },
        },
      },
      {
        data: { values: values.filter(({ kind }) => kind !== "naive twin") },
        mark: { type: "text", dx: 7, dy: -6, align: "left", fontSize: 11 },
        encoding: { x, y, text: { field: "label", type: "nominal" } },
      },
    ],
  });
}
