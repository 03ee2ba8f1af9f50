import type { Chemistry } from "../../../datasets/molecules/chemistry.ts";
import { Markup, markup } from "../../../report/kit/markup.ts";
import { number, percent } from "../../../report/kit/numbers.ts";
import { page } from "../../report/page.ts";
import { extremeGenes, type Routes } from "../attention_routes.ts";
import type { Explanation } from "../explain_prediction.ts";
import { familyNames } from "../predict_ranking.ts";
import style from "./explain.css" with { type: "text" };
import { flowDiagram } from "./flow_diagram.ts";
import { fragmentColour, fragmentCss, fragmentLetter } from "./fragment_colours.ts";
import { heatMap } from "./heat_map.ts";

/** What an explanation shows besides itself. */
export interface ExplainPage {
  readonly explanation: Explanation;
  readonly routes: Routes;
  readonly run: string;
  readonly adapter?: string;
}

/** A prediction's cascade fragment, pathway, gene, gene as one self-contained HTML page. */
export function renderExplanation({ explanation, routes, run }: ExplainPage, chemistry: Chemistry): string {
  const { drug, cell, config } = explanation;
  const { up, down } = extremeGenes(explanation.scores, 5);
  const named = (list: readonly number[]) => list.map((gene) => explanation.genes[gene]).join(", ");
  return page(
    `${drug.name} in ${cell}`,
    markup`
<header>
<p class="eyebrow">${familyNames[config.model.family]} · ${run}</p>
<h1>What the model looks at: ${drug.name === drug.smiles ? "a drug" : drug.name} in ${cell}</h1>
<p><code>${drug.smiles}</code></p>
<p>Raised most: ${named(up)}. Lowered most: ${named(down)}.</p>
<ul class="notes">
<li>Attention says where the model looks, not what its answer hangs on. The column “if left out” measures the latter: by how
much the scores change without the fragment.</li>
<li>The routes shown carry ${
      percent(routes.share)
    } of all attention to these genes; were all routes alike, as many would carry
${routes.uniformShare < 0.001 ? "less than 0.1 %" : percent(routes.uniformShare)}.</li>
</ul>
</header>
${fragmentSection(explanation, chemistry)}
${pathwaySection(explanation)}
<section>
<h2>The strongest routes</h2>
<p>Width is the product of the attention weights on the way, averaged over heads. The number beside a predicted gene is its
score.</p>
${flowDiagram(explanation, routes)}
</section>
${geneSection(explanation)}
`,
    style,
  );
}

function fragmentSection({ drug, fragments, pathways }: Explanation, chemistry: Chemistry): Markup {
  const colours = new Map<number, readonly [number, number, number]>();
  fragments.forEach(({ atoms }, fragment) => {
    const colour = fragmentColour(fragment);
    for (const atom of atoms) if (!colours.has(atom)) colours.set(atom, colour);
  });
  const largest = Math.max(...fragments.map(({ attention }) => attention), 1e-12);
  const drawing = chemistry.drawing(drug.smiles, { width: 560, height: 340 }, colours);
  const from = pathways.length > 0 ? "all pathways" : "all genes";
  return markup`
<section>
<h2>Fragments</h2>
<p>Pieces that BRICS cuts the drug into, and the mean attention that ${from} pay them. What is missing to 100 % goes to the
token that stands for no effect.</p>
<div class="two">
<div class="molecule">${new Markup(drawing)}</div>
<div class="scroll"><table>
<tr><th>fragment</th><th>attention</th><th>if left out, scores change by</th></tr>
${
    fragments.map(({ smiles, attention, effect, atoms }, k) =>
      markup`
<tr><td><span class="fragment"><span class="letter" style="--swatch:${fragmentCss(k)}">${
        fragmentLetter(k)
      }</span><code>${smiles}</code></span>${
        atoms.length === 0 && markup`<small>could not be placed in the drawing</small>`
      }</td><td><span class="bar"><span style="width:${(100 * attention / largest).toFixed(1)}%;background:${
        fragmentCss(k)
      }"></span></span>${percent(attention)}</td><td>${effect === null ? "–" : percent(effect)}</td></tr>`
    )
  }
</table></div>
</div>
</section>`;
}

function pathwaySection(
  { pathways, knownPathways, attention, fragments, genes }: Explanation,
): Markup | false {
  const { pathwayFragment, genePathway } = attention;
  if (!pathwayFragment || !genePathway) return false;
  const rows = pathways.map((name, pathway) => {
    let drug = 0, gene = 0;
    for (let k = 0; k < fragments.length; k++) drug += pathwayFragment[pathway * fragments.length + k];
    for (let k = 0; k < genes.length; k++) gene += genePathway[k * pathways.length + pathway] / genes.length;
    return { name, drug, gene };
  }).sort((a, b) => b.drug - a.drug);
  const shown = rows.slice(0, 15);
  const hidden = rows.slice(15).filter(({ name }) => knownPathways.has(name));
  const bar = (value: number, largest: number) =>
    markup`<span class="bar"><span style="width:${(100 * value / largest).toFixed(1)}%"></span></span>${
      percent(value)
    }`;
  const [mostDrug, mostGene] = [Math.max(...rows.map((r) => r.drug)), Math.max(...rows.map((r) => r.gene))];
  const known = knownPathways.size > 0
    ? ` Known targets of this drug lie in the pathways marked ●.`
    : " No targets of this drug are known to the data.";
  return markup`
<section>
<h2>Pathways</h2>
<p>How much of its attention a pathway gives to the drug instead of to the token for no effect, and how much genes look at the
pathway. The ${shown.length} first of ${rows.length}.${known}</p>
<div class="scroll"><table>
<tr><th>pathway</th><th>on the drug</th><th>from genes</th></tr>
${
    [...shown, ...hidden].map(({ name, drug, gene }) =>
      markup`<tr><td>${knownPathways.has(name) && markup`<span class="known">● </span>`}${name}</td><td>${
        bar(drug, mostDrug)
      }</td><td>${bar(gene, mostGene)}</td></tr>`
    )
  }
</table></div>
</section>`;
}

function geneSection({ genes, scores, attention: { geneGene } }: Explanation): Markup | false {
  if (!geneGene) return false;
  const n = genes.length;
  const { up, down } = extremeGenes(scores, 10);
  const targets = [...up, ...down];
  const asked = genes.map((_, source) => ({
    source,
    weight: targets.reduce((sum, target) => sum + geneGene[target * n + source], 0),
  })).sort((a, b) => b.weight - a.weight).slice(0, 24).map(({ source }) => source);
  const weights = targets.flatMap((target) => asked.map((source) => geneGene[target * n + source] * n));
  const largest = Math.max(...weights);
  return markup`
<section>
<h2>Genes that genes ask</h2>
<p>Rows: the ten most raised and the ten most lowered genes. Columns: the genes they look at most. 1 is what every gene would
get if all were asked alike; the largest here is ${number(largest, 1)}.</p>
${
    heatMap({
      rows: targets.map((gene) => genes[gene]),
      columns: asked.map((gene) => genes[gene]),
      weights,
      unit: "times the even share",
    })
  }
</section>`;
}
