import { figure } from "../../../bench/report/figure.ts";
import { doubtsOf } from "../../../bench/doubts.ts";
import type { KernelRow, RefusedRow } from "../../../bench/kernel_row.ts";
import { percent } from "../../../report/kit/numbers.ts";

/** The variants of a kernel, the product's first: time, share of the roofline, and how far from the naive twin. */
export function Ladder({ kernel, variants, rows, refused, stages, marks }: {
  readonly kernel: string;
  readonly variants: readonly string[];
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
  /** What is being done with a variant, in words. */
  readonly stages: Readonly<Record<string, string>>;
  /** What stands for a variant in the plot. */
  readonly marks: Readonly<Record<string, string>>;
}) {
  const both = rows.filter(({ pass }) => pass === "both");
  const longest = Math.max(...both.map((row) => row.ms_median));
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={`Ladder of ${kernel}`}>
      <table class="steps">
        <thead>
          <tr>
            <th scope="col">variant</th>
            <th scope="col" class="bars">
              <span class="unseen">time as a bar</span>
            </th>
            <th scope="col">ms</th>
            <th scope="col">of the roofline</th>
            <th scope="col">× naive</th>
            <th scope="col">GFLOP/s</th>
            <th scope="col">GB/s</th>
            <th scope="col">error</th>
          </tr>
        </thead>
        <tbody>
          {variants.map((variant, k) => {
            const row = both.find((found) => found.variant === variant);
            const why = refused.find((found) => found.variant === variant);
            return (
              <tr key={variant} class={k === 0 ? "first" : ""}>
                <td>
                  {variant}
                  {marks[variant] && <small class="mark-of">{marks[variant]}</small>}
                </td>
                {row
                  ? <Figures row={row} longest={longest} />
                  : (
                    <td class={why ? "text bad-text" : "text muted"} colSpan={7}>
                      {why ? `no time: ${why.reason}` : stages[variant] ?? ""}
                    </td>
                  )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Figures({ row, longest }: { readonly row: KernelRow; readonly longest: number }) {
  const doubts = doubtsOf(row);
  const rates = row.flag === null;
  const naive = row.variant === "naive" || row.speedup_vs_naive === null || !rates;
  return (
    <>
      <td class="bars">
        <span class="bar">
          <span style={`width:${Math.max(0.5, 100 * row.ms_median / longest).toFixed(1)}%`} />
        </span>
      </td>
      <td title={doubts.length > 0 ? `Do not quote: ${doubts.join("; ")}.` : undefined}>
        {figure(row.ms_median)}
        {doubts.length > 0 && <span class="doubt">?</span>}
      </td>
      <td>{rates ? row.roofline_share === null ? "–" : percent(row.roofline_share) : "impossible"}</td>
      <td>{naive ? "" : figure(row.speedup_vs_naive)}</td>
      <td>{rates ? figure(row.gflops) : "–"}</td>
      <td>{rates ? figure(row.gbs) : "–"}</td>
      <td>{row.max_rel_error.toExponential(1).replace("-", "−")}</td>
    </>
  );
}
