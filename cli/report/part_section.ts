import { type Markup, markup } from "../../report/kit/markup.ts";
import { number, signedPercent } from "../../report/kit/numbers.ts";
import type { PartScore, ReportData } from "./report_data.ts";
import { verdictOf } from "./verdict.ts";

/** Rows shown at either end of a long table. */
const ends = 6;
/** A longer table than this is left to the CSV file. */
const longest = 400;

/**
 * Tables per drug and per gene, ordered by squared error saved over all their rows: a share of an error that is next to
 * nothing says little. The full ones stand in CSV files of the run folder.
 */
export function partSection(data: ReportData): Markup {
  const baseline = verdictOf(data).best.name;
  const drugs = data.drugs.toSorted((a, b) => saved(b) - saved(a));
  const genes = data.genes.toSorted((a, b) => saved(b) - saved(a));
  const won = (parts: readonly PartScore[], kind: string) =>
    `${parts.filter((part) => gain(part) > 0).length} of ${parts.length} ${kind}`;
  const withGenes = genes.length > 0;
  const sentence =
    `Mean squared error beside ${baseline}, the best free baseline. The model has the lower one for ` +
    won(drugs, "drugs") + (withGenes ? ` and ${won(genes, "genes")}` : "") +
    `. Where it saves most stands first. Complete: per_drug.csv${
      withGenes ? " and per_gene.csv" : ""
    } beside this file.`;
  return markup`
<section>
<h2>Where it wins and where it loses</h2>
<p>${sentence}</p>
<div class="tables">
<div>
<h3>Drugs</h3>
${foldedTable(drugs, "drug", baseline)}
</div>
${withGenes && markup`<div><h3>Genes</h3>${foldedTable(genes, "gene", baseline)}</div>`}
</div>
</section>`;
}

/** The two ends of a table of drugs, genes or cell lines, the whole behind a fold. */
export function foldedTable(parts: readonly PartScore[], kind: string, baseline: string): Markup {
  if (parts.length <= 2 * ends + 2) return partTable(parts, kind, baseline);
  const short = partTable([...parts.slice(0, ends), "gap", ...parts.slice(-ends)], kind, baseline);
  if (parts.length > longest) return short;
  return markup`${short}
<details><summary>All ${parts.length} ${kind}s</summary>${partTable(parts, kind, baseline)}</details>`;
}

function partTable(parts: readonly (PartScore | "gap")[], kind: string, baseline: string): Markup {
  const counted = kind !== "gene";
  const rows = parts.map((part) => {
    if (part === "gap") return markup`<tr class="gap"><td colspan="${counted ? 6 : 5}">⋯</td></tr>`;
    const tone = gain(part) > 0 ? "good-text" : gain(part) < 0 ? "bad-text" : "";
    return markup`
<tr><td>${part.name}</td>${counted && markup`<td>${part.rows}</td>`}
<td>${number(part.mse)}</td><td>${number(part.baselineMse)}</td>
<td class="${tone}">${signedPercent(gain(part))}</td><td>${number(part.pearson, 2)}</td></tr>`;
  });
  return markup`
<div class="scroll"><table>
<tr><th>${kind}</th>${
    counted && markup`<th>rows</th>`
  }<th>model</th><th>${baseline}</th><th>gain</th><th>Pearson</th></tr>
${rows}
</table></div>`;
}

/** Squared error that the model saves, over all rows. */
export function saved({ rows, mse, baselineMse }: PartScore): number {
  return rows * (baselineMse - mse);
}

/** Share of the baseline's error that the model saves. */
function gain(part: PartScore): number {
  return part.baselineMse > 0 ? 1 - part.mse / part.baselineMse : 0;
}
