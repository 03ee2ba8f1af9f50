import type { PartScore } from "../../datasets/evaluation/types.ts";
import { signedChart } from "../kit/charts.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { countText, number, signed } from "../kit/numbers.ts";
import { pageTable } from "../kit/text_table.ts";
import type { RunReport } from "../run_report.ts";
import { moleculeRow } from "../structures.ts";

/** Rows shown at either end of a long table. */
const ends = 5;
/** A longer table than this is left to the CSV file. */
const longest = 400;
/** Drugs drawn at either end. */
const drawn = 4;

/** Mean squared error that the model saves. */
function gainOf({ mse, baselineMse }: PartScore): number {
  return baselineMse - mse;
}

/** Drugs, cell lines and genes by what the model gains on them over the baseline of the verdict, the greatest first. */
export async function partsSection(report: RunReport): Promise<Markup | false> {
  const { against } = report.verdict;
  const kinds = [["drug", report.drugs], ["gene", report.genes], ["cell line", report.cells]] as const;
  const shown = kinds.filter(([, parts]) => parts.length > 1);
  if (shown.length === 0) return false;
  const sorted = shown.map(([kind, parts]) =>
    [kind, parts.toSorted((a, b) => gainOf(b) - gainOf(a))] as const
  );
  return markup`
<section>
<h2>Where it wins and where it loses</h2>
<p>Gain: by how much the model’s mean squared error lies below that of ${against}; the greatest gain stands first. One drug or
gene by itself is a few rows: read the shape, not a single line. All of them are in ${
    shown.map(([kind]) => `per_${kind.split(" ")[0]}.csv`).join(", ")
  } beside this page.</p>
<div class="tables">${await Promise.all(sorted.map(async ([kind, parts]) =>
    markup`
<div>
<h3>${wonOf(parts, kind)}</h3>
<figure>${await signedChart(`Gain by ${kind}`, parts.map(gainOf), {
      title: "gain",
      colours: "gain",
    })}</figure>
${foldedTable(parts, kind, against)}
</div>`
  ))}</div>
${await structures(sorted.find(([kind]) => kind === "drug")?.[1] ?? [])}
</section>`;
}

function wonOf(parts: readonly PartScore[], kind: string): string {
  const won = parts.filter((part) => gainOf(part) > 0).length;
  return `Better on ${countText(won)} of ${countText(parts.length)} ${kind}s`;
}

/** The two ends of a table, the whole behind a fold. */
function foldedTable(parts: readonly PartScore[], kind: string, baseline: string): Markup {
  if (parts.length <= 2 * ends + 2) return partTable(parts, kind, baseline);
  const short = partTable([...parts.slice(0, ends), "gap", ...parts.slice(-ends)], kind, baseline);
  if (parts.length > longest) return short;
  return markup`${short}
<details><summary>All ${parts.length} ${kind}s</summary>${partTable(parts, kind, baseline)}</details>`;
}

function partTable(parts: readonly (PartScore | "gap")[], kind: string, baseline: string): Markup {
  const counted = kind !== "gene";
  return pageTable({
    head: [kind, ...(counted ? ["rows"] : []), "gain", "model", baseline, "Pearson"],
    body: parts.map((part) =>
      part === "gap" ? ["⋯"] : [
        part.name,
        ...(counted ? [countText(part.rows)] : []),
        gainText(part),
        number(part.mse),
        number(part.baselineMse),
        number(part.pearson, 2),
      ]
    ),
  });
}

function gainText(part: PartScore): Markup {
  const gain = gainOf(part);
  return markup`<span class="${gain > 0 ? "good-text" : gain < 0 ? "bad-text" : ""}">${signed(gain)}</span>`;
}

/** Structures of the drugs at both ends. */
async function structures(drugs: readonly PartScore[]): Promise<Markup | false> {
  const known = drugs.filter(({ smiles }) => smiles);
  const half = Math.min(drawn, known.length >> 1);
  if (half === 0) return false;
  const row = async (title: string, parts: readonly PartScore[]) =>
    markup`
<h3>${title}</h3>
${await moleculeRow(parts.map((part) => ({ name: part.name, smiles: part.smiles!, said: gainText(part) })))}`;
  const [best, worst] = [known.slice(0, half), known.slice(-half).reverse()];
  return markup`${await row("Highest gain", best)}${await row("Lowest gain", worst)}`;
}
