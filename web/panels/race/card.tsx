import { figure } from "../../../bench/report/figure.ts";
import { bytesText, countText } from "../../../report/kit/numbers.ts";
import type { Measured } from "../../measured.ts";
import { Take } from "../../take.tsx";
import { ratioOf, runner } from "./outcome.ts";

/** What the race ends in: who won by how much, on what, and how to take it away. */
export function ResultCard({ outcome, link }: { readonly outcome: Measured; readonly link?: string }) {
  const { row } = runner(outcome, true);
  if (!row) return null;
  const { machine } = outcome;
  const lead = ratioOf(outcome);
  const software = machine.adapterClass === "software";
  return (
    <section class={`verdict card ${software ? "mixed" : "good"}`} aria-label="Result">
      <p class="eyebrow">{machine.adapter}{software && ", a software driver"}</p>
      <h2>
        {lead
          ? `The closed form is ${lead.interval ? "" : "about "}${figure(lead.ratio)} times as fast`
          : "The closed form ran; the materialised one did not"}
      </h2>
      <p>
        {countText(row.sizes.genes)} genes, {row.sizes.batch} {row.sizes.batch === 1 ? "sample" : "samples"}
        {" "}
        of width {row.sizes.width}, forward and backward; seed {outcome.seed}. {lead && (lead.interval
          ? `99 % interval ${figure(lead.interval[0])} to ${
            figure(lead.interval[1])
          }, over rounds in which both ran.`
          : "Fewer than five rounds were shared: the ratio has no interval.")}
        {software && " Ratios of a software driver say nothing of a GPU."}
      </p>
      <dl class="facts">
        {lead && (
          <div>
            <dt>ratio</dt>
            <dd>{figure(lead.ratio)} ×</dd>
          </div>
        )}
        <div>
          <dt>GFLOP/s</dt>
          <dd>{figure(row.gflops)}</dd>
        </div>
        <div>
          <dt>GB/s</dt>
          <dd>{figure(row.gbs)}</dd>
        </div>
        <div>
          <dt>memory</dt>
          <dd>{bytesText(row.peak_bytes)}</dd>
        </div>
        {outcome.roofline && (
          <div>
            <dt>this adapter's ceilings</dt>
            <dd>{figure(outcome.roofline.gflops)} GFLOP/s, {figure(outcome.roofline.gbs)} GB/s</dd>
          </div>
        )}
      </dl>
      {link !== undefined && <Take name="race.json" measured={outcome} link={link} />}
    </section>
  );
}
