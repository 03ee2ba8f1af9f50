import Table from "cli-table3";
import type { TuningEntry, TuningTable } from "../../engine/mod.ts";

/** A table of tuned choices for people. */
export function tuningText({ adapter, entries }: TuningTable): string {
  const table = new Table({
    head: [
      "choice of",
      "shapes",
      "tuned",
      "by rule",
      "ms",
      "ms by rule",
      "gain",
      "error",
      "all candidates, ms",
    ],
    colAligns: ["left", "left", "left", "left", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { tunable, shape, choice, byRule, ms, msByRule, error, candidates = [] } of entries) {
    table.push([
      tunable,
      shape,
      choice,
      byRule,
      ms.toPrecision(3),
      msByRule.toPrecision(3),
      choice === byRule ? "" : `${(msByRule / ms).toFixed(2)} x`,
      error.toExponential(1),
      candidates.map(({ choice, ms, rounds }) =>
        `${choice} ${ms === null ? "wrong" : `${ms.toPrecision(3)}${rounds === 1 ? " once" : ""}`}`
      ).join(", "),
    ]);
  }
  const changed = entries.filter(({ choice, byRule }: TuningEntry) => choice !== byRule).length;
  return `${adapter}\n${table.toString()}\n${changed} of ${entries.length} choices differ from the rule.`;
}
