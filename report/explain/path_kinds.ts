import { type GraphExplanation, type GraphPath, kindName } from "../../models/graph_explanation.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { percent } from "../kit/numbers.ts";

/** Kinds that are drawn, and ways of each. */
const drawnKinds = 6, drawnPaths = 9;

const size = { width: 600, row: 30, head: 30, left: 8, node: 5 } as const;

/** A small picture for each of the commonest kinds of paths: the drug at the left, what it takes messages from to the right. */
export function pathKinds({ kinds, paths }: GraphExplanation): Markup {
  const drawn = kinds.slice(0, drawnKinds).map((kind) => ({
    kind,
    own: paths.filter((path) => kindName(path) === kind.name).slice(0, drawnPaths),
  })).filter(({ own }) => own.length > 0);
  const largest = Math.max(
    ...drawn.flatMap(({ own }) => own.map(({ contribution }) => Math.abs(contribution))),
    1e-12,
  );
  const shown = drawn.map(({ kind, own }) =>
    markup`
<figure class="paths"><figcaption>${kindTitle(own[0])}<br>
<span class="muted">${percent(kind.share)} of all contributions, ${kind.paths} path${
      kind.paths === 1 ? "" : "s"
    }</span></figcaption>
${picture(own, largest)}</figure>`
  );
  return markup`<div class="kinds">${shown}</div>`;
}

/** `drug ← drug_protein gene ← protein_protein gene` */
function kindTitle({ nodes, relations }: GraphPath): Markup {
  return markup`${nodes[0].type}${
    relations.map((relation, at) => markup` ← <span class="muted">${relation}</span> ${nodes[at + 1].type}`)
  }`;
}

interface Place {
  readonly label: string;
  readonly column: number;
  weight: number;
  y: number;
}

function picture(paths: readonly GraphPath[], largest: number): Markup {
  const columns = paths[0].nodes.map(() => new Map<string, Place>());
  for (const { nodes, contribution } of paths) {
    nodes.forEach(({ id, name }, column) => {
      const place = columns[column].get(id) ?? { label: name, column, weight: 0, y: 0 };
      place.weight += Math.abs(contribution);
      columns[column].set(id, place);
    });
  }
  const most = Math.max(...columns.map((column) => column.size));
  const height = size.head + most * size.row;
  const step = (size.width - size.left - 190) / (columns.length - 1);
  const x = (column: number) => size.left + column * step + (column === 0 ? 0 : 24);
  for (const column of columns) {
    const places = [...column.values()].sort((a, b) => b.weight - a.weight);
    places.forEach((place, at) =>
      place.y = size.head / 2 + (height - size.head) * (at + 0.5) / places.length
    );
  }
  const links = paths.flatMap(({ nodes, contribution }) =>
    nodes.slice(1).map(({ id }, column) => {
      const [from, to] = [columns[column].get(nodes[column].id)!, columns[column + 1].get(id)!];
      const [x1, x2] = [x(column) + (column === 0 ? 0 : size.node), x(column + 1) - size.node];
      const middle = (x1 + x2) / 2,
        start = column === 0 ? labelWidth(from.label) : labelWidth(from.label) + 6;
      const left = Math.min(x1 + start, middle);
      const thick = Math.max(1, 7 * Math.abs(contribution) / largest);
      return markup`<path d="M${f(left)} ${f(from.y)}C${f((left + x2) / 2)} ${f(from.y)} ${
        f((left + x2) / 2)
      } ${f(to.y)} ${f(x2)} ${f(to.y)}" stroke="${
        contribution >= 0 ? "var(--second)" : "var(--model)"
      }" stroke-width="${f(thick)}"/>`;
    })
  );
  const labels = columns.flatMap((column, k) =>
    [...column.values()].map(({ label, y }) =>
      markup`${
        k > 0 && markup`<circle cx="${f(x(k))}" cy="${f(y)}" r="${size.node}" fill="var(--baseline)"/>`
      }<text x="${f(x(k) + (k === 0 ? 0 : size.node + 5))}" y="${f(y + 4)}">${short(label)}</text>`
    )
  );
  return markup`<svg class="flow" viewBox="0 0 ${size.width} ${
    f(height)
  }" role="img" aria-label="Strongest paths of this kind">
<g fill="none" opacity="0.55">${links}</g>${labels}</svg>`;
}

/** About the width of a label in 12 pixel letters. */
function labelWidth(label: string): number {
  return 7.8 * short(label).length + 12;
}

function short(label: string): string {
  return label.length > 22 ? `${label.slice(0, 21)}…` : label;
}

function f(value: number): string {
  return value.toFixed(1);
}
