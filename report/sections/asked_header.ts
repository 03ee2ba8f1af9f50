import type { AskedDrug, AskedRun } from "../asked.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { drawings } from "../structures.ts";
import { notesList } from "./headline.ts";

/** Who was asked what, and what must be known to judge the answer; a drug is drawn beside it. */
export async function askedHeader(
  asked: AskedRun & { readonly drug?: AskedDrug; readonly signature?: string },
  title: string,
  remarks: readonly string[],
): Promise<Markup> {
  const { model, run, drug, signature } = asked;
  const [drawing] = drug ? await drawings([drug.smiles], { width: 300, height: 190 }) : [];
  return markup`
<header class="${drug && "asked"}">
<div>
<p class="eyebrow">${[model, run, signature].filter((part) => part !== undefined).join(" · ")}</p>
<h1>${title}</h1>
${drug && markup`<p><code>${drug.smiles}</code></p>`}
${notesList(remarks)}
</div>
${drawing && markup`<figure class="molecule">${drawing}</figure>`}
</header>`;
}

/** A drug in a cell line, where the data name one. */
export function titleOf({ drug: { name, smiles }, cell }: AskedRun & { readonly drug: AskedDrug }): string {
  return (name === smiles || name === "" ? "A drug" : name) + (cell && ` in ${cell}`);
}
