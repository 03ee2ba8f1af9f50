import { type Markup, markup } from "../../report/kit/markup.ts";
import type { BenchFile } from "../bench_file.ts";
import { doubtsOf } from "../doubts.ts";
import { isWrong, type KernelRow } from "../kernel_row.ts";
import { sizesText, table } from "./sections.ts";

/** What gave no time, wrong results first, and rows that are not to be quoted; nothing where all is well. */
export function missingSection(
  files: readonly { readonly path: string; readonly file: BenchFile }[],
  rows: readonly KernelRow[],
): Markup {
  const refused = files.flatMap(({ path, file }) => file.refused.map((row) => ({ path, row })))
    .sort((a, b) => Number(isWrong(b.row)) - Number(isWrong(a.row)));
  const doubtful = rows.map((row) => [row, doubtsOf(row)] as const)
    .filter(([{ pass, flag }, doubts]) => doubts.length > 0 && (pass === "both" || flag !== null));
  if (refused.length + doubtful.length === 0) return markup``;
  return markup`<section><h2>Missing, and not to be quoted</h2>
${
    refused.length > 0 && table(
      ["variant", "sizes", "why there is no time", "file"],
      refused.map(({ path, row }) => {
        const name = `${row.kernel}, ${row.variant}`;
        return [
          isWrong(row) ? markup`<strong class="wrong">${name}</strong>` : name,
          sizesText(row.sizes),
          isWrong(row) ? markup`<span class="wrong">${row.reason}</span>` : row.reason,
          path.split("/").at(-1)!,
        ];
      }),
      4,
    )
  }
${
    doubtful.length > 0 &&
    markup`<details ${doubtful.some(([{ flag }]) => flag) ? "open" : ""}><summary>${
      String(doubtful.length)
    } rows not to be quoted</summary>${
      table(
        ["row", "sizes", "why"],
        doubtful.map(([row, doubts]) => [
          row.flag
            ? markup`<strong class="wrong">${row.kernel}, ${row.variant}, ${row.pass}</strong>`
            : `${row.kernel}, ${row.variant}, ${row.pass}`,
          sizesText(row.sizes),
          doubts.join("; "),
        ]),
        3,
      )
    }</details>`
  }</section>`;
}
