import { type Markup, markup } from "../../../report/kit/markup.ts";
import { number, percent } from "../../../report/kit/numbers.ts";
import { page } from "../../report/page.ts";
import { familyNames } from "../predict_ranking.ts";
import type { DrugPredictions, GeneRanking, RankedGene } from "../rank_genes.ts";
import style from "./explain.css" with { type: "text" };

/** What must be known to judge a ranking, in sentences. */
export function rankingRemarks(predictions: DrugPredictions, ranking: GeneRanking): string[] {
  const { nearest: [nearest], data, split, cell } = predictions;
  const { measured, meanAgreement } = ranking;
  const seen = Array.from(split.train).some((row) => data.cells[data.cellOfRow[row]] === cell);
  return [
    `Pearson ${number(meanAgreement, 2)} with the mean training signature: ${
      meanAgreement > 0.9
        ? "this is close to what the model would say of any drug"
        : "the rest is what the model makes of this drug and cell line"
    }.`,
    nearest.tanimoto === 1
      ? `The drug, or one with the same fingerprint, was trained on (${nearest.name}).`
      : `The most similar drug of the training part is ${nearest.name} (Tanimoto ${
        number(nearest.tanimoto, 2)
      }).`,
    seen
      ? `${cell} was among the cell lines trained on.`
      : `${cell} was not among the cell lines trained on.`,
    measured
      ? `Measured here ${measured.rows === 1 ? "once" : `${measured.rows} times`}${
        measured.trainedOn ? ", and trained on" : ", not trained on"
      }: Pearson ${number(measured.pearson, 2)} between prediction and measurement.`
      : "There is no measurement of this drug in this cell line in the data.",
  ];
}

/** The genes that a drug raises and lowers, as one self-contained HTML page. */
export function renderRanking(run: string, predictions: DrugPredictions, ranking: GeneRanking): string {
  const { drugs: [drug], cell, config } = predictions;
  const half = Math.min(25, Math.floor(ranking.genes.length / 2));
  const up = ranking.genes.slice(0, half), down = ranking.genes.slice(-half).reverse();
  const largest = Math.max(...ranking.genes.map(({ score }) => Math.abs(score)));
  return page(
    `${drug.name} in ${cell}`,
    markup`
<header>
<p class="eyebrow">${familyNames[config.model.family]} · ${run}</p>
<h1>${drug.name === drug.smiles ? "A drug" : drug.name} in ${cell}: genes raised and lowered</h1>
<p><code>${drug.smiles}</code></p>
<ul class="notes">${rankingRemarks(predictions, ranking).map((remark) => markup`<li>${remark}</li>`)}</ul>
</header>
<section>
<h2>The ${half} genes at either end</h2>
<p>Scores are on the scale of the labels where the loss fixes one (${config.loss.main}); their order is what the model is
trained for. All ${ranking.genes.length} genes stand in the CSV file. ${
      percent(share(ranking))
    } of all genes have the sign of the mean training signature.</p>
<div class="two">
<div><h3>Raised</h3>${table(up, largest, "up")}</div>
<div><h3>Lowered</h3>${table(down, largest, "down")}</div>
</div>
</section>
`,
    style,
  );
}

function share({ genes }: GeneRanking): number {
  return genes.filter(({ score, trainingMean }) => score * trainingMean > 0).length / genes.length;
}

function table(genes: readonly RankedGene[], largest: number, direction: "up" | "down"): Markup {
  const measured = genes.some((gene) => gene.measured !== undefined);
  return markup`
<div class="scroll"><table>
<tr><th>gene</th><th>score</th><th>mean of training</th>${measured && markup`<th>measured</th>`}</tr>
${
    genes.map((gene) =>
      markup`<tr><td>${gene.gene}</td><td><span class="bar ${direction}"><span style="width:${
        (100 * Math.abs(gene.score) / largest).toFixed(1)
      }%"></span></span>${number(gene.score, 2)}</td><td>${number(gene.trainingMean, 2)}</td>${
        measured && markup`<td>${number(gene.measured, 2)}</td>`
      }</tr>`
    )
  }
</table></div>`;
}
