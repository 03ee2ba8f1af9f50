import { type Markup, markup } from "./kit/markup.ts";
import { countText, number, percent, signed } from "./kit/numbers.ts";
import { pageTable } from "./kit/text_table.ts";
import { screenRemarks } from "./remarks.ts";
import { reportPage } from "./report_page.ts";
import type { Screen } from "./screen.ts";
import { notesList } from "./sections/headline.ts";
import { signedAxis, signedBar } from "./kit/bars.ts";
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
${
      pageTable({
        head: [
          "drug",
          "",
          "reversal",
          "raised",
          "lowered",
          ...(nearest ? ["most similar drug trained on"] : []),
        ],
        body: [
          [
            markup`<small>mean over the training rows</small>`,
            signedBar(axis, screen.trainingMean),
            signed(screen.trainingMean),
          ],
          ...shown.map(({ name, reversal, upReversed, downReversed, nearest }) => [
            name,
            signedBar(axis, reversal),
            signed(reversal),
            percent(upReversed),
            percent(downReversed),
            nearest && `${nearest.name} (${number(nearest.tanimoto, 2)})`,
          ]),
        ],
      })
    }
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
