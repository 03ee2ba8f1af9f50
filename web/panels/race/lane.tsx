import type { ComponentChildren } from "preact";
import type { Stage } from "../../../bench/kernel_run.ts";
import { figure } from "../../../bench/report/figure.ts";
import { bytesText, countText } from "../../../report/kit/numbers.ts";
import type { Runner } from "./outcome.ts";

/** One of the two forms: what it keeps in memory, drawn to scale, and how far its race is. */
export function Lane({ closed, genes, stage, runner, longest, children }: {
  readonly closed: boolean;
  readonly genes: number;
  /** What is being done with it; undefined when nothing is. */
  readonly stage: Stage | "waiting" | undefined;
  readonly runner: Runner | undefined;
  /** Milliseconds of the slower form: the length of a full bar. */
  readonly longest: number;
  readonly children?: ComponentChildren;
}) {
  const { row, refused } = runner ?? {};
  const name = closed ? "Closed form" : "Materialised";
  return (
    <article class={`lane ${closed ? "closed" : "materialised"}`} aria-label={name}>
      <header>
        <Held closed={closed} genes={genes} />
        <div>
          <h2>{name}</h2>
          <p>{closed ? closedText(genes) : materialisedText(genes)}</p>
        </div>
      </header>
      <div class="course">
        <span style={`width:${row ? Math.max(0.4, 100 * row.ms_median / longest).toFixed(2) : 0}%`} />
      </div>
      <div class="told" aria-live="polite">
        {row
          ? (
            <>
              <p class="time">
                {figure(row.ms_median)}
                <small>ms, forward and backward</small>
              </p>
              <dl class="facts">
                <Fact name="GFLOP/s" value={row.flag ? "impossible" : figure(row.gflops)} />
                <Fact name="GB/s" value={row.flag ? "impossible" : figure(row.gbs)} />
                <Fact name="memory" value={bytesText(row.peak_bytes)} />
                <Fact name="error against float64" value={row.max_rel_error.toExponential(1)} />
                <Fact name="repeats" value={`${row.repeats}`} />
              </dl>
            </>
          )
          : refused
          ? <p class="refused">No time: {refused.reason}</p>
          : <p class="stage">{stageText(stage)}</p>}
        {children}
      </div>
    </article>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const materialisedText = (genes: number) =>
  `stores ${countText(genes)} × ${countText(genes)} scores a sample: ${bytesText(4 * genes * genes)}`;

const closedText = (genes: number) =>
  `keeps two ${countText(genes)} × 64 factors: ${bytesText(2 * 4 * genes * 64)}`;

function stageText(stage: Stage | "waiting" | undefined): string {
  if (stage === undefined) return "ready";
  if (stage === "waiting") return "waits its turn …";
  if (stage === "checking") return "compared with float64 …";
  return `right; timed ${stage} ${stage === 1 ? "time" : "times"} …`;
}

/** What a form keeps, to scale: a square of scores, or its two thin factors. */
function Held({ closed, genes }: { readonly closed: boolean; readonly genes: number }) {
  const side = 60, thin = Math.max(0.8, Math.min(side, side * 64 / genes));
  return (
    <svg class="held" viewBox="0 0 64 64" aria-hidden="true">
      {closed
        ? (
          <>
            <rect x="2" y="2" width={thin} height={side} />
            <rect
              x={2 + thin + 3}
              y="2"
              width={Math.max(0.8, Math.min(side - thin - 3, side))}
              height={thin}
            />
          </>
        )
        : <rect x="2" y="2" width={side} height={side} />}
    </svg>
  );
}
