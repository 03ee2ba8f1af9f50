import { useEffect, useState } from "preact/hooks";
import type { KernelRow } from "../../../bench/kernel_row.ts";
import { figure } from "../../../bench/report/figure.ts";
import type { Roofline } from "../../../bench/roofline/roofline.ts";
import type { RooflinePlot } from "../../measure/measure_worker.ts";
import type { Measurer } from "../../measure/measurer.ts";

/** Marks of the plot by kernel and variant. */
export type Marks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Draws the rows under the ceilings, again whenever there are more. */
export function usePlot(
  measurer: Measurer,
  rows: readonly KernelRow[],
  roofline: Roofline | null,
): { plot: RooflinePlot | undefined; marks: Marks } {
  const [plot, setPlot] = useState<RooflinePlot>();
  useEffect(() => {
    let current = true;
    if (!roofline || rows.length === 0) setPlot(undefined);
    else {
      measurer.ask().rooflinePlot(rows as KernelRow[], roofline).then(
        (drawn) => current && setPlot(drawn),
        () => {}, // the worker was ended: another one will draw
      );
    }
    return () => {
      current = false;
    };
  }, [rows, roofline]);
  const marks: Record<string, Record<string, string>> = {};
  for (const { kernel, variant, mark } of plot?.marks ?? []) (marks[kernel] ??= {})[variant] = mark;
  return { plot, marks };
}

/** The plot with what its marks mean. */
export function Plot({ plot, roofline, adapter, where }: {
  readonly plot: RooflinePlot;
  readonly roofline: Roofline;
  readonly adapter: string;
  /** Of which run the ceilings are, in words. */
  readonly where: string;
}) {
  const kernels = Map.groupBy(plot.marks, ({ kernel }) => kernel);
  return (
    <section class="plot" aria-label="Roofline">
      <figure>
        <div
          class="scroll"
          tabIndex={0}
          role="group"
          aria-label="Roofline plot"
          dangerouslySetInnerHTML={{ __html: plot.svg }}
        />
        <figcaption>
          {adapter} reached {figure(roofline.gflops)} GFLOP/s in registers and {figure(roofline.gbs)}{" "}
          GB/s in a copy,{" "}
          {where}. Bytes are those that must cross memory once: a kernel whose data stay in a cache can stand
          above the slope.
        </figcaption>
      </figure>
      <ol class="marks">
        {[...kernels].map(([kernel, members], k) => (
          <li key={kernel} value={k + 1}>
            {kernel}{" "}
            <small>
              {members.map(({ mark, variant }) => `${mark.replace(/^\d+/, "")} ${variant}`).join(", ")}
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}
