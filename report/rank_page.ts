import { signedChart } from "./kit/charts.ts";
import { endWords } from "./ends.ts";
import type { GeneRanking, RankedGene } from "./asked.ts";
import { type Markup, markup } from "./kit/markup.ts";
import { counted, number, percent, signed } from "./kit/numbers.ts";
import { pageTable } from "./kit/text_table.ts";
import { rankingRemarks } from "./remarks.ts";
import { reportPage } from "./report_page.ts";
import { askedHeader, titleOf } from "./sections/asked_header.ts";
import { signedAxis, signedBar } from "./kit/bars.ts";

/** Genes shown at either end. */
const longest = 25;

/** The genes at both ends of a prediction as one HTML page. */
export async function renderRankPage(ranking: GeneRanking): Promise<string> {
  return reportPage(titleOf(ranking), await rankBody(ranking));
}

/** What the page shows; bars stand around zero. */
export async function rankBody(ranking: GeneRanking): Promise<Markup> {
  const { genes, outputs } = ranking, title = titleOf(ranking);
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
  return markup`
${await askedHeader(ranking, `${title}: genes from the highest to the lowest`, rankingRemarks(ranking))}
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
</section>`;
}

function agreeing(genes: readonly RankedGene[]): number {
  return genes.filter(({ score, trainingMean }) => score * trainingMean > 0).length / genes.length;
}
