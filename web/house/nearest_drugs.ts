import type { Dataset } from "../../datasets/dataset.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { onBits, tanimotoTo } from "../../datasets/molecules/fingerprint.ts";
import type { Split } from "../../datasets/types.ts";
import { type Markup, markup } from "../../report/kit/markup.ts";
import { number } from "../../report/kit/numbers.ts";
import { moleculeRow } from "../../report/structures.ts";
import { drugFrom } from "../../runs/ask_drugs.ts";

/** So many are shown. */
const shown = 5;

/** The drugs of the training part that are most like a molecule, by the Tanimoto similarity of their Morgan bits. */
export async function nearestDrugs(text: string, data: Dataset, split: Split): Promise<Markup> {
  const chemistry = await Chemistry.load();
  const bits = (smiles: string) => onBits(chemistry.morganBits(smiles, 2, 1024));
  const similarity = tanimotoTo(bits(drugFrom(text, data, chemistry).smiles));
  const trained = [...new Set(Array.from(split.train, (row) => data.drug.of[row]))]
    .filter((unit) => data.structures[unit] !== "")
    .map((unit) => ({
      name: data.drug.names[unit],
      smiles: data.structures[unit],
      tanimoto: similarity(bits(data.structures[unit])),
    }))
    .sort((a, b) => b.tanimoto - a.tanimoto).slice(0, shown);
  if (trained.length === 0) return markup``;
  return markup`
<section>
<h2>Nearest drugs in training</h2>
<p>By the Tanimoto similarity of their Morgan bits: 1 is the same fingerprint, below 0.4 there is little in common.</p>
${await moleculeRow(
    trained.map(({ name, smiles, tanimoto }) => ({ name, smiles, said: number(tanimoto, 2) })),
  )}
</section>`;
}
