import { signedChart } from "./kit/charts.ts";
import { endWords } from "./ends.ts";
import type { AskedRun, GeneRanking, RankedGene } from "./gene_ranking.ts";
import { type Markup, markup } from "./kit/markup.ts";
import { counted, number, percent, signed } from "./kit/numbers.ts";
import { pageTable } from "./kit/text_table.ts";
import { rankingRemarks } from "./remarks.ts";
import { reportPage } from "./report_page.ts";
import { notesList } from "./sections/headline.ts";
import { signedAxis, signedBar } from "./kit/bars.ts";
import { drawings } from "./structures.ts";

/** Genes shown at either end. */
const longest = 25;

/** The genes at both ends of a prediction as one HTML page; bars stand around zero. */
export async function renderRankPage(ranking: GeneRanking): Promise<string> {
  const { genes, outputs, drug } = ranking;
  const half = Math.min(longest, Math.floor(genes.length / 2));
  const up = genes.slice(0, half), down = genes.slice(-half).reverse();
  const scores = (list: readonly RankedGene[]) => list.map(({ score }) => score);
  const words = endWords(true, scores(up), scores(down));
  const axis = signedAxis(scores(genes));
  const measured = ranking.measured !== undefined;
  const table = (list: readonly RankedGene[]) =>
    pageTable({
      head: ["gene", "", "score", "mean of training", ...(measured ? ["measured"] : [])],
      body: list.map((gene) => [
        gene.gene,
        signedBar(axis, gene.score),
        signed(gene.score),
        number(gene.trainingMean, 2),
        ...(measured ? [number(gene.measured, 2)] : []),
      ]),
    });
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
<p>Scores are changes against the untreated cell, in ${outputs.unit}${
      ranking.arbitraryScale && ", up to a factor"
    }. ${percent(agreeing(genes))} of all genes have the sign of the mean over the training rows. All ${
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
