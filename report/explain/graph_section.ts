import type { GraphExplanation } from "../../models/graph_explanation.ts";
import { signedAxis, signedBar } from "../kit/bars.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { number, percent, signed } from "../kit/numbers.ts";
import { pageTable } from "../kit/text_table.ts";
import { pathKinds } from "./path_kinds.ts";

/** Two significant digits: what random edges change is often next to nothing. */
function figures(value: number): string {
  return value === 0 ? "0" : value.toPrecision(2);
}

/** Paths in the table. */
const listed = 25;

/** What a prediction takes from a knowledge graph: pictures of the commonest kinds of paths, the strongest paths, what deleting says. */
export function graphSection(graph: GraphExplanation, unit: string): Markup {
  const { gene, output, paths, truth } = graph;
  const what = gene === null ? "the whole predicted change" : `the predicted change of ${gene}`;
  const axis = signedAxis(paths.map(({ contribution }) => contribution));
  return markup`
<section>
<h2>Paths through the graph</h2>
<p>Ways by which messages reach the drug’s node, and what they add to ${what} (${number(output)} ${unit}${
    gene === null && ", root mean square"
  }) by attention × gradient: width is the size of the contribution, <span class="swatch raises"></span> adds to it,
<span class="swatch lowers"></span> takes from it.</p>
<p class="remark">Limits. Attention is computed before drug and cell line meet: it is the same for every cell line and every gene; only the
gradient is specific. Contributions are to first order, with attention held fixed, and leave out each node’s path to itself and the
cell line’s own node. A strong path says what the network uses, not how the drug acts. The deletions below measure what the
prediction hangs on.</p>
${pathKinds(graph)}
${
    truth &&
    markup`<p>This graph is simulated, and the drug’s true target${
      truth.targets.length === 1 ? " is" : "s are"
    } ${
      truth.targets.join(", ")
    }: among the ${truth.neighbours} edges that reach the drug, contributions tell edges of true targets from all
others with an AUROC of ${number(truth.auroc, 2)} (0.5 is chance).</p>`
  }
${fidelityTable(graph)}
<h3>The strongest paths</h3>
${
    pageTable({
      head: ["path", "", "contribution", "attention"],
      body: paths.slice(0, listed).map(({ nodes, relations, contribution, attention }) => [
        markup`${nodes[0].name}${
          relations.map((relation, at) =>
            markup` ← <span class="muted">${relation}</span> ${nodes[at + 1].name}`
          )
        }`,
        signedBar(axis, contribution),
        signed(contribution),
        percent(attention),
      ]),
    })
  }
</section>`;
}

function fidelityTable({ fidelity, gene }: GraphExplanation): Markup | false {
  if (fidelity.length === 0) return false;
  const change = gene === null ? "change of the prediction (root mean square)" : `change of ${gene}`;
  return markup`
<h3>What deleting says</h3>
<p>The strongest edges are deleted and the prediction is made anew; beside it as many random edges of the same relations and about the
same degrees, out of those that the prediction can depend on. Where both change it alike, the ranking of edges says nothing.</p>
${
    pageTable({
      head: ["edges deleted", `${change}: strongest`, "random", "draws"],
      body: fidelity.map(({ edges, strongest, random, deviation, draws }) => [
        String(edges),
        figures(strongest),
        `${figures(random)} ± ${figures(deviation)}`,
        String(draws),
      ]),
    })
  }`;
}
