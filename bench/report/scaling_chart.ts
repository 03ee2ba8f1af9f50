import type { Fit } from "../fit_exponent.ts";
import type { KernelRow } from "../kernel_row.ts";
import { colour, draw, legendAbove } from "../../report/kit/draw.ts";
import type { Markup } from "../../report/kit/markup.ts";

/** One sweep: a kernel over one size, the others held. */
export interface Sweep {
  readonly kernel: string;
  readonly size: string;
  readonly points: readonly { readonly size: number; readonly ms: number; readonly variant: string }[];
  readonly fits: readonly Fit[];
}

/** Sweeps that were fitted, with their points: rows that differ from the fit's others in that one size. */
export function sweepsOf(rows: readonly KernelRow[], fits: readonly Fit[]): Sweep[] {
  const both = fits.filter(({ pass }) => pass === "both");
  return [...Map.groupBy(both, ({ kernel, size }) => `${kernel}\n${size}`).values()].map((members) => {
    const { kernel, size } = members[0];
    const own = rows.filter((row) => row.kernel === kernel && row.pass === "both");
    // The sweep holds all other sizes: the largest group of rows that agree in them.
    const rest = (row: KernelRow) =>
      JSON.stringify(Object.entries(row.sizes).filter(([name]) => name !== size));
    const groups = [...Map.groupBy(own, rest).values()];
    const distinct = (group: readonly KernelRow[]) => new Set(group.map((row) => row.sizes[size])).size;
    const sweep = groups.sort((a, b) => distinct(b) - distinct(a))[0] ?? [];
    const points = new Map(
      sweep.map((row) => [
        `${row.variant} ${row.sizes[size]}`,
        { size: row.sizes[size], ms: row.ms_median, variant: row.variant },
      ]),
    );
    return { kernel, size, points: [...points.values()], fits: members };
  });
}

/** Time over one size, both logarithmic: the points that were measured and the power laws fitted to them, dashed. */
export async function scalingChart({ kernel, size, points, fits }: Sweep): Promise<Markup> {
  const variants = [...new Set(points.map(({ variant }) => variant))];
  const palette = [colour.model, colour.second, colour.good, colour.baseline, colour.ink];
  const scale = { type: "log" as const, nice: false };
  const lines = fits.filter(({ start }) => start !== null).flatMap((
    { variant, from, to, start, exponent },
    line,
  ) => [from, to].map((at) => ({ variant, line, size: at, ms: start * (at / from) ** exponent })));
  return await draw(`Time of ${kernel} over ${size}`, {
    width: 330,
    height: 210,
    layer: [
      {
        data: { values: points.filter((point) => point.size > 0) },
        mark: { type: "point", size: 40, filled: true },
      },
      {
        data: { values: lines },
        mark: { type: "line", strokeWidth: 1.5, strokeDash: [5, 3] },
        encoding: { detail: { field: "line", type: "nominal" } },
      },
    ],
    encoding: {
      x: {
        field: "size",
        type: "quantitative",
        title: size,
        scale,
        axis: {
          grid: false,
          format: "~s",
          values: [...new Set(points.map((point) => point.size))],
          labelOverlap: true,
        },
      },
      y: {
        field: "ms",
        type: "quantitative",
        title: "ms, forward + backward",
        scale,
        axis: { tickCount: 4, format: "~g" },
      },
      color: {
        field: "variant",
        type: "nominal",
        title: null,
        scale: { domain: variants, range: palette.slice(0, variants.length) },
        legend: variants.length > 1 ? legendAbove : null,
      },
    },
  });
}
