import { markup } from "../../../report/kit/markup.ts";
import { countText, number, percent } from "../../../report/kit/numbers.ts";
import { page } from "../../report/page.ts";
import { familyNames } from "../predict_ranking.ts";
import type { DrugPredictions } from "../rank_genes.ts";
import type { Screen } from "../screen_library.ts";
import style from "./explain.css" with { type: "text" };

const longest = 50;

/** What must be known to judge a screen, in sentences. */
export function screenRemarks({ drugs, genes, unknown, likeness, trainingMean }: Screen): string[] {
  const [best] = drugs;
  const near = drugs.filter(({ nearest }) => nearest.tanimoto < 0.4).length;
  return [
    `${countText(genes)} genes of the signature are known to the model, ${
      countText(unknown.length)
    } are not.`,
    `Predictions of two drugs of the library have a mean Pearson of ${number(likeness, 2)}${
      likeness > 0.9 ? ": the order rests on small differences" : ""
    }.`,
    `A drug of which nothing is known, the mean training signature, scores ${
      number(trainingMean, 3)
    }; the best drug ${number(best.reversal, 3)}.`,
    `${near} of ${drugs.length} drugs have no drug in the training part with a Tanimoto similarity of 0.4 or more.`,
  ];
}

/** A screened library as one self-contained HTML page. */
export function renderScreen(
  run: string,
  signature: string,
  predictions: DrugPredictions,
  screen: Screen,
): string {
  const { config, cell } = predictions;
  const shown = screen.drugs.slice(0, longest);
  const largest = Math.max(...screen.drugs.map(({ reversal }) => Math.abs(reversal)), 1e-9);
  return page(
    `Screen in ${cell}`,
    markup`
<header>
<p class="eyebrow">${familyNames[config.model.family]} · ${run} · ${signature}</p>
<h1>${countText(screen.drugs.length)} drugs by how well they reverse the signature in ${cell}</h1>
<ul class="notes">${screenRemarks(screen).map((remark) => markup`<li>${remark}</li>`)}</ul>
</header>
<section>
<h2>${shown.length < screen.drugs.length ? `The first ${shown.length}` : "All drugs"}</h2>
<p>Reversal is minus the Spearman correlation of predicted and disease signature: 1 would be a perfect reversal. “Raised” and
“lowered”: share of the ${screen.ends} most raised (lowered) genes of the signature that are among the ${screen.ends} that the
drug is predicted to lower (raise) most. The CSV file has all drugs.</p>
<div class="scroll"><table>
<tr><th>drug</th><th>reversal</th><th>raised</th><th>lowered</th><th>most similar drug trained on</th></tr>
${
      shown.map(({ name, reversal, upReversed, downReversed, nearest }) =>
        markup`<tr><td>${name}</td><td><span class="bar ${
          reversal >= 0 ? "up" : "down"
        }"><span style="width:${(100 * Math.abs(reversal) / largest).toFixed(1)}%"></span></span>${
          number(reversal, 3)
        }</td><td>${percent(upReversed)}</td><td>${percent(downReversed)}</td><td>${nearest.name} (${
          number(nearest.tanimoto, 2)
        })</td></tr>`
      )
    }
</table></div>
</section>
`,
    style,
  );
}
