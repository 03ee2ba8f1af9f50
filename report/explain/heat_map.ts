import { type Markup, markup } from "../kit/markup.ts";

/** Times the even share at which the colour is full, and its inverse. */
const full = 8;
/** Nothing within this factor of the even share stands out. */
const notable = 1.5;

/** A labelled grid of attention weights as multiples of the even share. */
export interface HeatMap {
  /** What asks. */
  readonly rows: readonly string[];
  /** What is asked. */
  readonly columns: readonly string[];
  /** rows x columns: 1 is what every key would get if all were asked alike. */
  readonly shares: readonly number[];
}

/** Why there is nothing to draw; undefined where something stands out. */
export function nothingStandsOut({ shares }: HeatMap): string | undefined {
  const [least, largest] = [Math.min(...shares), Math.max(...shares)];
  if (largest >= notable) return undefined;
  return `Nothing stands out: of all these pairs none gets more than ${largest.toFixed(2)} or less than ${
    least.toFixed(2)
  } times what it would get if all genes were asked alike.`;
}

/** The grid on a scale that diverges from 1, no preference, by its logarithm; the same on every page. */
export function heatMap(map: HeatMap): Markup {
  const nothing = nothingStandsOut(map);
  if (nothing !== undefined) return markup`<p>${nothing}</p>`;
  const { rows, columns, shares } = map;
  const cell = 22, left = 92, head = 76;
  const width = left + columns.length * cell + 40;
  return markup`
<div class="scroll"><svg class="heat" style="min-width:${width}px;max-width:${width}px" viewBox="0 0 ${width} ${
    head + rows.length * cell
  }" role="img" aria-label="Attention between genes">
${
    rows.map((row, y) =>
      markup`<text x="${left - 8}" y="${head + y * cell + 14}" text-anchor="end">${row}</text>`
    )
  }
${
    columns.map((column, x) =>
      markup`<text transform="translate(${left + x * cell + 13} ${head - 6}) rotate(-55)">${column}</text>`
    )
  }
${
    rows.map((row, y) =>
      columns.map((column, x) => {
        const share = shares[y * columns.length + x];
        return markup`<rect x="${left + x * cell}" y="${head + y * cell}" width="${cell - 2}" height="${
          cell - 2
        }" rx="2" ${paint(share)}><title>${row} asks ${column}: ${
          share.toFixed(2)
        } times the even share</title></rect>`;
      })
    )
  }</svg></div>
<div class="scale">${
    [1 / full, 1 / 4, 1 / 2, 1, 2, 4, full].map((share) =>
      markup`<span><svg viewBox="0 0 20 20"><rect width="20" height="20" rx="2" ${paint(share)}/></svg>${
        share < 1 ? `1/${1 / share}` : share
      }</span>`
    )
  } times the even share</div>`;
}

/** Orange above the even share, blue below; at it, nearly nothing. */
function paint(share: number): Markup {
  const strength = Math.min(1, Math.abs(Math.log(Math.max(share, 1e-9)) / Math.log(full)));
  return markup`fill="var(--${share >= 1 ? "second" : "model"})" opacity="${
    (0.05 + 0.95 * strength).toFixed(3)
  }"`;
}
