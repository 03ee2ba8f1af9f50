import { type Markup, markup } from "../../report/kit/markup.ts";
import type { BenchFile } from "../bench_file.ts";
import { type ChangedRow, changedRows } from "../compare/changed_rows.ts";
import { compareRows } from "../compare/compare_rows.ts";
import { comparableRow } from "../models/comparable_row.ts";
import { table } from "./sections.ts";

interface NamedFile {
  readonly path: string;
  readonly file: BenchFile;
}

/** More rows than this are folded away where all are new. */
const mostShown = 12;

const order = ["slower", "faster", "unclear", "same"];

/** Before and after: what one side lacks, then every row that both have, the changed first. */
export function comparisonSection(before: NamedFile, files: readonly NamedFile[]): Markup {
  const sideOf = (many: readonly NamedFile[]) => ({
    rows: many.flatMap(({ file }) => [...file.rows, ...file.models.map(comparableRow)]),
    refused: many.flatMap(({ file }) => file.refused),
  });
  const [first, second] = [sideOf([before]), sideOf(files)];
  const compared = compareRows(first.rows, second.rows, {
    processors: [before.file.machine?.processor, files[0]?.file.machine?.processor],
  }).toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const changed = changedRows(first, second);
  // New rows alone, and many of them, are told by their number.
  const shown = changed.length <= mostShown || changed.some(({ change }) => change !== "new");
  return markup`<section><h2>Before and after</h2>
<p>${before.path.split("/").at(-1)!}, then ${
    files.map(({ path }) => path.split("/").at(-1)).join(", ")
  }: after over before, above 1 is slower; in canary units where both have them.</p>
${
    changed.length > 0 &&
    markup`<details ${shown ? "open" : ""}><summary class="wrong">${countsText(changed)}</summary>${
      table(
        ["row", "change", "why"],
        changed.map(({ key, change, reason }) => [
          markup`<strong class="wrong">${key}</strong>`,
          markup`<span class="wrong">${change}</span>`,
          reason ?? "",
        ]),
        3,
      )
    }</details>`
  }
${
    compared.length > 0 && table(
      ["row", "verdict", "why", "time", "from", "to", "memory", "launches"],
      compared.map(({ key, verdict, reason, time, memory, launches }) => [
        key,
        verdict === "slower" ? markup`<strong class="wrong">${verdict}</strong>` : verdict,
        reason ?? "",
        time ? time.ratio.toFixed(3) : "–",
        time ? time.low.toFixed(2) : "–",
        time ? time.high.toFixed(2) : "–",
        memory === null ? "–" : memory.toFixed(2),
        launches === null ? "–" : launches.toFixed(2),
      ]),
      3,
    )
  }</section>`;
}

function countsText(changed: readonly ChangedRow[]): string {
  const counts = Map.groupBy(changed, ({ change }) => change);
  return `Not in both: ${[...counts].map(([change, rows]) => `${rows.length} ${change}`).join(", ")}`;
}
