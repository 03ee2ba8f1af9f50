import type { Explanation } from "../../models/explanation.ts";
import { Markup, markup } from "../kit/markup.ts";
import { number } from "../kit/numbers.ts";
import { fragmentCss, fragmentLetter } from "./fragment_colours.ts";
import type { Routes } from "./routes.ts";

interface Node {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  strength: number;
  top: number;
  /** Where the next link leaves and arrives. */
  out: number;
  into: number;
}

const size = { width: 980, gap: 7, bar: 12, height: 520, head: 34, left: 30, label: 150 } as const;

/** The strongest routes as a flow from fragments by pathways and genes to the predicted genes; width is strength. */
export function flowDiagram(explanation: Explanation, { routes }: Routes): Markup {
  const { pathways, genes, prediction } = explanation;
  const direct = routes[0]?.pathway === undefined;
  const titles = ["fragment", ...(direct ? [] : ["pathway"]), "gene that is asked", "predicted gene"];
  const stages = routes.map((route) => [
    { key: `f${route.fragment}`, label: fragmentLetter(route.fragment), colour: fragmentCss(route.fragment) },
    ...(direct ? [] : [{
      key: `p${route.pathway}`,
      label: pathwayLabel(pathways[route.pathway!]),
      colour: "var(--baseline)",
    }]),
    { key: `g${route.source}`, label: genes[route.source], colour: "var(--baseline)" },
    {
      key: `t${route.target}`,
      label: `${genes[route.target]} ${number(prediction[route.target], 2)}`,
      colour: prediction[route.target] >= 0 ? "var(--second)" : "var(--model)",
    },
  ]);
  const columns = titles.map(() => new Map<string, Node>());
  routes.forEach(({ strength }, at) =>
    stages[at].forEach((stage, column) => {
      const node = columns[column].get(stage.key) ?? { ...stage, strength: 0, top: 0, out: 0, into: 0 };
      node.strength += strength;
      columns[column].set(stage.key, node);
    })
  );
  const most = Math.max(...columns.map((column) => column.size));
  const total = routes.reduce((sum, { strength }) => sum + strength, 0);
  const height = Math.max(size.height, most * 22);
  const scale = (height - (most - 1) * size.gap) / total;
  for (const column of columns) {
    const nodes = [...column.values()].sort((a, b) => b.strength - a.strength);
    const filled = nodes.reduce((sum, node) => sum + node.strength * scale, 0) +
      (nodes.length - 1) * size.gap;
    let y = size.head + (height - filled) / 2;
    for (const node of nodes) {
      node.top = node.out = node.into = y;
      y += node.strength * scale + size.gap;
    }
  }
  const x = (column: number) =>
    size.left + column * (size.width - size.left - size.label - size.bar) / (titles.length - 1);
  const links = routes.flatMap(({ strength }, at) =>
    stages[at].slice(1).map((stage, k) => {
      const from = columns[k].get(stages[at][k].key)!, to = columns[k + 1].get(stage.key)!;
      const thick = strength * scale;
      const [y1, y2] = [from.out + thick / 2, to.into + thick / 2];
      from.out += thick;
      to.into += thick;
      const [x1, x2] = [x(k) + size.bar, x(k + 1)];
      const middle = (x1 + x2) / 2;
      const path = `M${f(x1)} ${f(y1)}C${f(middle)} ${f(y1)} ${f(middle)} ${f(y2)} ${f(x2)} ${f(y2)}`;
      return `<path d="${path}" stroke="${stages[at][0].colour}" stroke-width="${
        f(Math.max(0.75, thick))
      }"/>`;
    })
  );
  const boxes = columns.flatMap((column, k) =>
    [...column.values()].map((node) => {
      const tall = Math.max(2, node.strength * scale), before = k === 0;
      return markup`<rect x="${f(x(k))}" y="${f(node.top)}" width="${size.bar}" height="${
        f(tall)
      }" rx="2" fill="${node.colour}"/>
<text x="${f(before ? x(k) - 6 : x(k) + size.bar + 6)}" y="${f(node.top + tall / 2 + 4)}" text-anchor="${
        before ? "end" : "start"
      }">${node.label}</text>`;
    })
  );
  const heads = titles.map((title, k) =>
    markup`<text class="head" x="${f(k === 0 ? x(0) - 24 : x(k))}" y="14">${title}</text>`
  );
  return markup`
<div class="scroll"><svg class="flow" viewBox="0 0 ${size.width} ${height + size.head + 10}" role="img"
aria-label="The strongest routes from fragments to predicted genes">
<g fill="none" opacity="0.5">${new Markup(links.join("\n"))}</g>${boxes}${heads}</svg></div>`;
}

/** Names of gene sets are long: HALLMARK_TNFA_SIGNALING_VIA_NFKB. */
function pathwayLabel(name: string): string {
  const plain = name.replace(/^(HALLMARK|KEGG|REACTOME|SIM|WP|PID|BIOCARTA)_/, "").replaceAll("_", " ")
    .toLowerCase();
  return plain.length > 26 ? `${plain.slice(0, 25)}…` : plain;
}

function f(value: number): string {
  return value.toFixed(1);
}
