import type { Explanation } from "../models/explanation.ts";
import { endWords, extremes } from "./ends.ts";
import explainStyle from "./explain/explain.css" with { type: "text" };
import { flowDiagram } from "./explain/flow_diagram.ts";
import { fragmentColour, fragmentCss, fragmentLetter } from "./explain/fragment_colours.ts";
import { graphSection } from "./explain/graph_section.ts";
import { heatMap } from "./explain/heat_map.ts";
import { type PathwayShare, pathwayShares } from "./explain/pathway_shares.ts";
import type { ExplanationReport } from "./asked.ts";
import { type Markup, markup } from "./kit/markup.ts";
import { number, percent, signed } from "./kit/numbers.ts";
import { pageTable } from "./kit/text_table.ts";
import { reportPage } from "./report_page.ts";
import { askedHeader, titleOf } from "./sections/asked_header.ts";
import { shareBar, signedAxis, signedBar } from "./kit/bars.ts";
import { drawings } from "./structures.ts";

/** Rows of tables: pathways, pairs; genes at either end and columns of the map. */
const longest = { pathways: 15, pairs: 30, ends: 10, asked: 24 } as const;

/** Known before: a target of the drug, an edge of the graph. */
const dot = markup`<span class="good-text">● </span>`;

/** What a prediction rests on as one HTML page: fragments, pathways, routes and genes, each where the model has it. */
export async function renderExplainPage(report: ExplanationReport): Promise<string> {
  return reportPage(titleOf(report), await explainBody(report), explainStyle);
}

/** What the page shows, without what a page has around it. */
export async function explainBody(report: ExplanationReport): Promise<Markup> {
  const { explanation, routes, outputs } = report, title = titleOf(report);
  return markup`
${await askedHeader(report, `${title}: what the model looks at`, remarks(report))}
${explanation.graph && graphSection(explanation.graph, outputs.unit)}
${await fragmentSection(explanation)}
${pathwaySection(explanation)}
${
    routes && routes.routes.length > 0 && markup`
<section>
<h2>The strongest routes</h2>
<p>Width is the product of the attention weights on the way, averaged over heads. The number beside a predicted gene is its
prediction, in ${outputs.unit}. ${routesSentence(routes.share, routes.uniformShare)}</p>
${flowDiagram(explanation, routes)}
</section>`
  }
${geneSection(report)}
${pairSection(explanation)}`;
}

/** How far the routes shown are more than chance would show. */
export function routesSentence(share: number, uniformShare: number): string {
  const even = uniformShare < 0.001 ? "less than 0.1\u00a0%" : percent(uniformShare);
  return `The routes shown carry ${
    percent(share)
  } of all attention to these genes; were all routes alike, as many would carry ${even}${
    share < 1.5 * uniformShare ? ": none stands out" : ""
  }.`;
}

function remarks({ explanation, outputs }: ExplanationReport): string[] {
  const { prediction, genes, fragments } = explanation;
  const { up, down } = extremes(prediction, 5);
  const values = (list: readonly number[]) => list.map((gene) => prediction[gene]);
  const words = endWords(outputs.kind === "signature", values(up), values(down));
  const most = (word: string) => word.endsWith("est") ? word : `${word} most`;
  const named = (list: readonly number[]) => list.map((gene) => genes[gene]).join(", ");
  return [
    outputs.kind === "response"
      ? `Predicted: ${number(prediction[0])} ${outputs.unit}.`
      : `${most(words.up)}: ${named(up)}. ${most(words.down)}: ${named(down)}.`,
    "Attention says where the model looks, not what its answer hangs on." +
    (fragments.length > 0
      ? " The column “if left out” measures the latter: by how much the prediction changes without the fragment."
      : ""),
  ];
}

async function fragmentSection({ fragments, pathways, smiles }: Explanation): Promise<Markup | false> {
  if (fragments.length === 0) return false;
  const colours = new Map<number, readonly [number, number, number]>();
  fragments.forEach(({ atoms }, fragment) => {
    const colour = fragmentColour(fragment);
    for (const atom of atoms) if (!colours.has(atom)) colours.set(atom, colour);
  });
  const largest = Math.max(...fragments.map(({ attention }) => attention), 1e-12);
  const [drawing] = await drawings([smiles], { width: 560, height: 340 }, colours);
  return markup`
<section>
<h2>Fragments</h2>
<p>Pieces that BRICS cuts the drug into, and the mean attention that all ${
    pathways.length > 0 ? "pathways" : "genes"
  } pay them. What is missing to 100 % goes to the token that stands for no effect.</p>
<div class="tables">
<div class="molecule paper">${drawing}</div>
${
    pageTable({
      head: ["fragment", "attention", "if left out, prediction changes by"],
      body: fragments.map(({ smiles, attention, effect, atoms }, k) => [
        markup`<span class="fragment"><span class="letter" style="--swatch:${fragmentCss(k)}">${
          fragmentLetter(k)
        }</span><code>${smiles}</code></span>${
          atoms.length === 0 && markup`<small>could not be placed in the drawing</small>`
        }`,
        shareBar(attention, largest, fragmentCss(k)),
        effect === null ? "–" : percent(effect),
      ]),
    })
  }
</div>
</section>`;
}

function pathwaySection(explanation: Explanation): Markup | false {
  const known = new Set(explanation.knownPathways);
  const rows = pathwayShares(explanation).toSorted((a, b) => b.onDrug - a.onDrug);
  if (rows.length === 0) return false;
  const shown = rows.filter(({ name }, place) => place < longest.pathways || known.has(name));
  const largest = (of: (row: PathwayShare) => number) => Math.max(...rows.map(of), 1e-12);
  const most = { drug: largest(({ onDrug }) => onDrug), genes: largest(({ fromGenes }) => fromGenes) };
  return markup`
<section>
<h2>Pathways</h2>
<p>How much of its attention a pathway gives to the drug instead of to the token for no effect, and how much genes look at the
pathway. The first of ${rows.length}. ${
    known.size > 0
      ? "Known targets of this drug lie in the pathways marked ●."
      : "No targets of this drug are known to the data."
  }</p>
${
    pageTable({
      head: ["pathway", "on the drug", "from genes"],
      body: shown.map(({ name, onDrug, fromGenes }) => [
        markup`${known.has(name) && dot}${name}`,
        shareBar(onDrug, most.drug),
        shareBar(fromGenes, most.genes),
      ]),
    })
  }
</section>`;
}

/** The gene-gene map where it is attention: rows of shares. A map that is a score has pairs instead. */
function geneSection({ explanation, outputs }: ExplanationReport): Markup | false {
  const { maps, genes, prediction, pairs } = explanation;
  const map = maps["gene-gene"]?.values, n = genes.length;
  if (!map || pairs.length > 0) return false;
  const { up, down } = extremes(prediction, longest.ends);
  const targets = [...up, ...down];
  const asked = genes.map((_, source) => ({
    source,
    weight: targets.reduce((sum, target) => sum + map[target * n + source], 0),
  })).sort((a, b) => b.weight - a.weight).slice(0, longest.asked).map(({ source }) => source);
  return markup`
<section>
<h2>Genes that genes ask</h2>
<p>Rows: the genes at both ends of the prediction${
    outputs.kind === "signature" && ", the highest first"
  }. Columns: the genes they look at most. 1 is no preference: what every gene would get if all ${n} were asked alike.</p>
${
    heatMap({
      rows: targets.map((gene) => genes[gene]),
      columns: asked.map((gene) => genes[gene]),
      shares: targets.flatMap((target) => asked.map((source) => map[target * n + source] * n)),
    })
  }
</section>`;
}

function pairSection({ pairs }: Explanation): Markup | false {
  if (pairs.length === 0) return false;
  const axis = signedAxis(pairs.map(({ score }) => score));
  const linked = pairs.filter(({ inGraph }) => inGraph).length;
  return markup`
<section>
<h2>Pairs of genes that interact most</h2>
<p>The strongest entries of the model’s gene-gene map, which has no direction and includes the interaction graph it was given. Of
the ${pairs.length} strongest pairs ${linked} are neighbours in that graph (●). The CSV file has all that are listed.</p>
${
    pageTable({
      head: ["pair", "", "score"],
      body: pairs.slice(0, longest.pairs).map(({ genes, score, inGraph }) => [
        markup`${inGraph && dot}${genes.join(" – ")}`,
        signedBar(axis, score),
        signed(score),
      ]),
    })
  }
</section>`;
}
