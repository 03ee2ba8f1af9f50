import { markup } from "./kit/markup.ts";
import { countText, number, percent, signed } from "./kit/numbers.ts";
import { pageTable } from "./kit/text_table.ts";
import { screenRemarks } from "./remarks.ts";
import { reportPage } from "./report_page.ts";
import type { Screen } from "./asked.ts";
import { askedHeader } from "./sections/asked_header.ts";
import { signedAxis, signedBar } from "./kit/bars.ts";
import { moleculeRow } from "./structures.ts";

/** Drugs in the table, and of those drawn. */
const longest = 50, drawn = 8;

/** A library by how well it reverses a signature, as one HTML page. */
export async function renderScreenPage(screen: Screen): Promise<string> {
  const { drugs, cell, ends } = screen;
  const shown = drugs.slice(0, longest);
  const axis = signedAxis([...drugs.map(({ reversal }) => reversal), screen.trainingMean]);
  const nearest = drugs.some((drug) => drug.nearest);
  return reportPage(
    `Screen${cell && ` in ${cell}`}`,
    markup`
${await askedHeader(
      screen,
      `${countText(drugs.length)} drugs by how well they reverse the signature${cell && ` in ${cell}`}`,
      screenRemarks(screen),
    )}
${await moleculeRow(drugs.slice(0, drawn).map((drug) => ({ ...drug, said: signed(drug.reversal) })))}
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
