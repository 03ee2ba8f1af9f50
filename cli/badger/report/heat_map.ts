import { type Markup, markup } from "../../../report/kit/markup.ts";

/** A labelled grid of weights, darker is more; values are read by pointing at a cell. */
export function heatMap(
  { rows, columns, weights, unit }: {
    readonly rows: readonly string[];
    readonly columns: readonly string[];
    /** rows x columns. */
    readonly weights: ArrayLike<number>;
    /** What a value is, for the tooltip. */
    readonly unit: string;
  },
): Markup {
  const cell = 22, left = 92, head = 76;
  const largest = Math.max(...Array.from(weights));
  const cells = rows.flatMap((row, y) =>
    columns.map((column, x) => {
      const weight = weights[y * columns.length + x];
      return markup`<rect x="${left + x * cell}" y="${head + y * cell}" width="${cell - 2}" height="${
        cell - 2
      }" rx="2"
fill="var(--model)" opacity="${(0.04 + 0.96 * weight / largest).toFixed(3)}"><title>${row} asks ${column}: ${
        weight.toFixed(2)
      } ${unit}</title></rect>`;
    })
  );
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
  }${cells}</svg></div>`;
}
