import { signedChart } from "./kit/charts.ts";
import { endWords } from "./ends.ts";
import type { AskedRun, GeneRanking, RankedGene } from "./gene_ranking.ts";
import { type Markup, markup } from "./kit/markup.ts";
import { counted, number, percent, signed } from "./kit/numbers.ts";
import { rankingRemarks } from "./remarks.ts";
import { reportPage } from "./report_page.ts";
import { notesList } from "./sections/headline.ts";
import { signedAxis, signedBar } from "./kit/signed_bar.ts";
import { drawings } from "./structures.ts";

/** Genes shown at either end. */
const longest = 25;

/** The genes at both ends of a prediction as one HTML page; bars stand around zero. */
export async function renderRankPage(ranking: GeneRanking): Promise<string> {
  const { genes, outputs, drug } = ranking;
  const half = Math.min(longest, Math.floor(genes.length / 2));
  const up = genes.slice(0, half), down = genes.slice(-half).reverse();
  const scores = (list: readonly RankedGene[]) => list.map(({ score }) => score);
  const words = endWords(outputs.kind, scores(up), scores(down));
  const axis = signedAxis(scores(genes));
  const table = (list: readonly RankedGene[]) =>
    markup`
<div class="scroll"><table>
<tr><th>gene</th><th></th><th>score</th><th>mean of training</th>${
      ranking.measured && markup`<th>measured</th>`
    }</tr>
${
      list.map(({ gene, score, trainingMean, measured }) =>
        markup`<tr><td>${gene}</td><td>${signedBar(axis, score)}</td><td>${signed(score)}</td><td>${
          number(trainingMean, 2)
        }</td>${ranking.measured && markup`<td>${number(measured, 2)}</td>`}</tr>`
      )
    }
</table></div>`;
  return reportPage(
    titleOf(drug, ranking),
    markup`
${await askedHeader(
      ranking,
      drug,
      "genes from the highest to the lowest",
      rankingRemarks(ranking),
    )}
<section>
<h2>The ${half} genes at either end</h2>
<p>Scores are in ${outputs.unit}${ranking.arbitraryScale && ", up to a factor"}. ${
      percent(agreeing(genes))
    } of all genes have the sign of the mean over the training rows. All ${
      counted(genes.length, "gene")
    } stand in the CSV file beside this page.</p>
<figure>${await signedChart("All genes by score", scores(genes), {
      title: "score",
      colours: "direction",
    })}</figure>
<div class="tables"><div><h3>${words.up}</h3>${table(up)}</div><div><h3>${words.down}</h3>${
      table(down)
    }</div></div>
</section>`,
  );
}

/** Who was asked what, and what must be known to judge the answer. */
export async function askedHeader(
  { model, run, cell }: AskedRun,
  drug: { readonly name: string; readonly smiles: string },
  what: string,
  remarks: readonly string[],
): Promise<Markup> {
  const [drawing] = await drawings([drug.smiles], { width: 300, height: 190 });
  return markup`
<header class="asked">
<div>
<p class="eyebrow">${model} · ${run}</p>
<h1>${nameOf(drug)}${cell && ` in ${cell}`}: ${what}</h1>
<p><code>${drug.smiles}</code></p>
${notesList(remarks)}
</div>
${drawing && markup`<figure class="molecule">${drawing}</figure>`}
</header>`;
}

/** For the browser's tab. */
export function titleOf(
  drug: { readonly name: string; readonly smiles: string },
  { cell }: AskedRun,
): string {
  return `${nameOf(drug)}${cell && ` in ${cell}`}`;
}

function nameOf({ name, smiles }: { readonly name: string; readonly smiles: string }): string {
  return name === smiles || name === "" ? "A drug" : name;
}

function agreeing(genes: readonly RankedGene[]): number {
  return genes.filter(({ score, trainingMean }) => score * trainingMean > 0).length / genes.length;
}
