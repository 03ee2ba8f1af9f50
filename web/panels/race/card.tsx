import { useState } from "preact/hooks";
import { figure } from "../../../bench/report/figure.ts";
import { bytesText, countText } from "../../../report/kit/numbers.ts";
import { download } from "../../download.ts";
import { type Outcome, raceDocument, ratioOf, runner } from "./outcome.ts";

/** What the race ends in: who won by how much, on what, and how to take it away. */
export function ResultCard({ outcome, link }: { readonly outcome: Outcome; readonly link?: string }) {
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
          ? `The closed form is ${figure(lead.ratio)} times as fast`
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
      {link !== undefined && <Take outcome={outcome} link={link} />}
    </section>
  );
}

function Take({ outcome, link }: { readonly outcome: Outcome; readonly link: string }) {
  const [copied, setCopied] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => setCopied("Copied."),
      () => setCopied("The browser did not allow it; the link is this page's address."),
    );
  return (
    <p class="row take">
      <button
        type="button"
        onClick={() => download("race.json", JSON.stringify(raceDocument(outcome, link), null, 1) + "\n")}
      >
        Download JSON
      </button>
      <button type="button" class="quiet" onClick={copy}>Copy link</button>
      <span role="status">{copied}</span>
      <small>
        <code>perturbine bench report race.json --out race.html</code> draws it, <code>bench compare</code>
        {" "}
        sets it beside another.
      </small>
    </p>
  );
}
