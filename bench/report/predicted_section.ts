import { type Markup, markup } from "../../report/kit/markup.ts";
import type { BenchFile } from "../bench_file.ts";
import type { KernelRow } from "../kernel_row.ts";
import type { ModelRow } from "../models/model_row.ts";
import type { Prediction } from "../predict/prediction.ts";
import { predictionMeaning } from "../predict/prediction_table.ts";
import { figure } from "./figure.ts";
import { sizesText, table } from "./sections.ts";

/** Predicted bounds of chips that nothing ran on, beside what was measured; nothing where no file holds any. */
export function predictedSection(
  files: readonly { readonly file: BenchFile }[],
  rows: readonly KernelRow[],
): Markup {
  const found = files.flatMap(({ file }) => file.predictions);
  if (found.length === 0) return markup``;
  const models = files.flatMap(({ file }) => file.models);
  const chips = [...new Set(found.map(({ chip }) => chip))];
  const subjects = [
    ...Map.groupBy(found, ({ kind, name, variant, sizes }) => JSON.stringify([kind, name, variant, sizes]))
      .values(),
  ];
  const measured = (row: Prediction) => {
    const all = row.kind === "kernel" ? kernelTimes(rows, row) : modelTimes(models, row);
    return all.length === 0
      ? "–"
      : markup`${
        all.map(([ms, adapter], k) => markup`${k > 0 && "; "}${figure(ms)} <small>${adapter}</small>`)
      }`;
  };
  const sheets = chips.map((chip) => found.find((row) => row.chip === chip)!);
  return markup`<section class="predicted"><h2>Predicted bounds <small class="badge">predicted, not measured</small></h2>
<p>${
    predictionMeaning(found[0])
  } No kernel can be faster than its bound by this arithmetic; real ones are slower. Milliseconds of
forward and backward, or of a training step; the letter says what holds it up: <b>L</b>aunches, <b>A</b>rithmetic,
<b>M</b>emory. Measured: this page's rows of the same sizes, whatever variant their adapter runs.</p>
${
    table(
      ["", ...chips, "measured ms"],
      subjects.map((members) => [
        subject(members[0]),
        ...chips.map((chip) => {
          const row = members.find((one) => one.chip === chip);
          return row
            ? markup`<span class="bound">${figure(row.ms)} <small>${
              row.limiter[0].toUpperCase()
            }</small></span>`
            : "–";
        }),
        measured(members[0]),
      ]),
    )
  }
<details><summary>Chips and sources</summary>${
    table(
      ["chip", "", "machine code of", "source"],
      sheets.map((
        { chip, known, code, source },
      ) => [chip, known, code ?? "none: peak taken as it is", source]),
      4,
    )
  }</details>
${chips.map((chip) => chipDetails(found.filter((row) => row.chip === chip)))}
</section>`;
}

function subject({ name, sizes }: Prediction): Markup {
  return markup`${name} <small class="sizes">${sizesText(sizes)}</small>`;
}

/** The arithmetic on one chip. */
function chipDetails(rows: readonly Prediction[]): Markup {
  return markup`<details><summary>${
    rows[0].known
  }: the arithmetic</summary><p>Launches, arithmetic and memory add up to the bound; arithmetic counts the share of
multiply-adds among the instructions of the hottest loop and the part of the chip that the grid fills, memory the lanes
that are resident. "Roofline alone" leaves all that out. "No code": dispatches whose kernel the table of machine code lacks.</p>${
    table(
      [
        "",
        "bound ms",
        "launches",
        "arithmetic",
        "memory",
        "roofline alone",
        "dispatches",
        "GFLOP",
        "MB",
        "limit",
        "no code",
      ],
      rows.map((row) => [
        subject(row),
        ...[row.ms, row.launchMs, row.arithmeticMs, row.memoryMs, row.rooflineMs].map(figure),
        String(row.dispatches),
        figure(row.flops / 1e9),
        figure(row.bytes / 1e6),
        row.limiter,
        row.code && row.withoutCode > 0 ? String(row.withoutCode) : "",
      ]),
    )
  }</details>`;
}

function kernelTimes(rows: readonly KernelRow[], { name, sizes }: Prediction): [number, string][] {
  const same = rows.filter((row) =>
    row.kernel === name && row.pass === "both" && sizesText(row.sizes) === sizesText(sizes) &&
    row.flag === null
  );
  // What the product runs stands first in a file; the fastest of each adapter is it on the others too.
  return [...Map.groupBy(same, ({ adapter }) => adapter)].map(([adapter, members]) => [
    Math.min(...members.map(({ ms_median }) => ms_median)),
    adapter,
  ]);
}

function modelTimes(models: readonly ModelRow[], { name, sizes }: Prediction): [number, string][] {
  return models.filter((row) =>
    row.model === name && row.pass === "training" && sizesText(row.sizes) === sizesText(sizes)
  ).map(({ ms_step, adapter }) => [ms_step, adapter]);
}
