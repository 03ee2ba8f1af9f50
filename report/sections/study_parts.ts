import { countText, durationText, withInterval } from "../kit/numbers.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { pageTable } from "../kit/text_table.ts";
import { boundsOf } from "../standing.ts";
import type { StudyReport } from "../study_report.ts";

const words = {
  seen: "mechanism trained on",
  unseen: "mechanism not trained on",
  unknown: "mechanism not known",
} as const;

/** Leads by whether the mechanism of a test drug was trained on. */
export function strataSection({ rows }: StudyReport): Markup | false {
  const some = rows.filter(({ strata }) => strata !== undefined && strata.length > 0);
  return some.length > 0 && markup`
<section>
<h2>Mechanism seen or not</h2>
<p>Mean difference of the squared error a drug to the best free baseline of the set; positive where the model is better. Drugs of the
test part by whether a drug of the training part shares a mechanism or target with them.</p>
${
    pageTable({
      textColumns: 4,
      head: ["data", "split", "model", "drugs whose", "drugs", "lead, 95 %"],
      body: some.flatMap(({ data, split, model, strata }) =>
        strata!.map(({ mechanism, drugs, lead }) => [
          data,
          split,
          model,
          words[mechanism],
          drugs,
          withInterval(lead.value, boundsOf(lead)),
        ])
      ),
    })
  }
</section>`;
}

/** Figures of others. */
export function publishedSection({ published }: StudyReport): Markup | false {
  return published !== undefined && markup`
<section>
<h2>Published figures, not measured here</h2>
<p>As printed in ${published.source}: other data, other folds. They stand in no ranking with what was measured here.</p>
${
    pageTable({
      textColumns: 1,
      head: ["model (published)", ...published.columns],
      body: published.rows.map(({ model, figures }) => [model, ...figures]),
    })
  }
</section>`;
}

/** Method, variants, provenance, compute and command. */
export function makingSection(
  { method, variants = [], sources = [], compute, command }: StudyReport,
): Markup {
  return markup`
<section>
<h2>How it was made</h2>
${method !== undefined && markup`<p>${method}</p>`}
<pre>${command}</pre>
${
    variants.length > 0 &&
    pageTable({
      textColumns: 2,
      head: ["model", "trained as"],
      body: variants.map(({ model, description }) => [model, description]),
    })
  }
${
    compute &&
    markup`<p>${countText(compute.runs)} trainings, ${durationText(compute.trainingSeconds)} in all, on ${
      compute.adapters.join(" and ") || "no device"
    }; ${compute.runtime}.</p>`
  }
${
    sources.map(({ data, rows, fingerprint, files }) =>
      markup`
<details><summary>${data}: ${countText(rows)} rows, ${countText(files.length)} files</summary>
<dl class="setup"><dt>fingerprint</dt><dd>${fingerprint}</dd>${
        files.map(({ name, sha256 }) => markup`<dt>${name}</dt><dd>SHA-256 ${sha256}</dd>`)
      }</dl></details>`
    )
  }
</section>`;
}
