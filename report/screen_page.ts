import { type Markup, markup } from "./kit/markup.ts";
import { countText, number, percent, signed } from "./kit/numbers.ts";
import { screenRemarks } from "./remarks.ts";
import { reportPage } from "./report_page.ts";
import type { Screen } from "./screen.ts";
import { notesList } from "./sections/headline.ts";
import { signedAxis, signedBar } from "./kit/signed_bar.ts";
import { drawings } from "./structures.ts";

/** Drugs in the table, and of those drawn. */
const longest = 50, drawn = 8;

/** A library by how well it reverses a signature, as one HTML page. */
export async function renderScreenPage(screen: Screen): Promise<string> {
  const { drugs, cell, model, run, signature, ends } = screen;
  const shown = drugs.slice(0, longest);
  const axis = signedAxis([...drugs.map(({ reversal }) => reversal), screen.trainingMean]);
  const nearest = drugs.some((drug) => drug.nearest);
  return reportPage(
    `Screen${cell && ` in ${cell}`}`,
    markup`
<header>
<p class="eyebrow">${model} · ${run} · ${signature}</p>
<h1>${countText(drugs.length)} drugs by how well they reverse the signature${cell && ` in ${cell}`}</h1>
${notesList(screenRemarks(screen))}
</header>
${await structures(screen)}
<section>
<h2>${shown.length < drugs.length ? `The first ${shown.length}` : "All drugs"}</h2>
<p>Reversal is minus the Spearman correlation of predicted and disease signature: 1 would be a perfect reversal, below zero the
drug is predicted to act like the disease. “Raised” and “lowered”: share of the ${ends} most raised (lowered) genes of the
signature that are among the ${ends} that the drug is predicted to lower (raise) most. The CSV file has all drugs.</p>
<div class="scroll"><table>
<tr><th>drug</th><th></th><th>reversal</th><th>raised</th><th>lowered</th>${
      nearest && markup`<th>most similar drug trained on</th>`
    }</tr>
<tr class="aside"><td>mean over the training rows</td><td>${signedBar(axis, screen.trainingMean)}</td><td>${
      signed(screen.trainingMean)
    }</td><td></td><td></td>${nearest && markup`<td></td>`}</tr>
${
      shown.map(({ name, reversal, upReversed, downReversed, nearest: like }) =>
        markup`<tr><td>${name}</td><td>${signedBar(axis, reversal)}</td><td>${signed(reversal)}</td><td>${
          percent(upReversed)
        }</td><td>${percent(downReversed)}</td>${
          nearest && markup`<td>${like && `${like.name} (${number(like.tanimoto, 2)})`}</td>`
        }</tr>`
      )
    }
</table></div>
</section>`,
  );
}

async function structures({ drugs }: Screen): Promise<Markup> {
  const first = drugs.slice(0, drawn);
  const svgs = await drawings(first.map(({ smiles }) => smiles), { width: 240, height: 170 });
  return markup`<div class="molecules">${
    first.map(({ name, reversal }, k) =>
      svgs[k] &&
      markup`<figure class="molecule">${svgs[k]}<figcaption><strong>${name}</strong> ${
        signed(reversal)
      }</figcaption></figure>`
    )
  }</div>`;
}
