import { useEffect, useState } from "preact/hooks";
import type { RunReport } from "../../../report/run_report.ts";
import { headlineSection } from "../../../report/sections/headline.ts";
import { ladderSection } from "../../../report/sections/ladder.ts";
import { Html } from "../../house/html.tsx";

/** `results.json` of a run of `perturbine demo`, without its parts per drug, cell line and gene. */
type Recorded = RunReport & { readonly weights: string };

/** A model that was trained elsewhere, and what it came to. */
export function RecordedTraining() {
  const [report, setReport] = useState<Recorded>();
  useEffect(() => {
    import("./recorded.json", { with: { type: "json" } }).then((file) =>
      setReport(file.default as unknown as Recorded)
    );
  }, []);
  if (!report) return <p class="loading" role="status">Loading …</p>;
  const { environment, weights } = report;
  return (
    <section class="drug-matters">
      <h1>Does the drug matter?</h1>
      <p class="lead">
        Recorded on {environment.machine}, {environment.adapter}, by{" "}
        <code>{environment.command}</code>; its weights have the SHA-256 <code>{weights}</code>.
      </p>
      <Html
        source={headlineSection(report).source + ladderSection(report).source}
        label="The recorded run's report"
      />
    </section>
  );
}
