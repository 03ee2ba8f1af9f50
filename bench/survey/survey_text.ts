import Table from "cli-table3";
import { isResult, type PartRow, type SurveyPart } from "./part.ts";

const style = { head: [], border: [], compact: true };

/** What will be done, in order, with about how long it takes. */
export function planText(parts: readonly SurveyPart[], before: readonly PartRow[], minutes: number): string {
  const table = new Table({ head: ["", "part", "what", "about s", ""], colAligns: ["right"], style });
  let sum = 0;
  for (const [k, part] of parts.entries()) {
    const known = before.find(({ name }) => name === part.name);
    const done = known !== undefined && isResult(known);
    if (!done && part.lacking === undefined) sum += part.seconds;
    const remark = done ? "has a result" : part.lacking === undefined ? "" : `left out: ${part.lacking}`;
    table.push([k + 1, part.name, part.what, part.seconds, remark]);
  }
  return `${table.toString()}\nAbout ${(sum / 60).toFixed(1)} of ${minutes} minutes.`;
}

/** What became of it. */
export function summaryText(parts: readonly SurveyPart[], rows: readonly PartRow[]): string {
  const table = new Table({
    head: ["part", "state", "s", "found"],
    colAligns: ["left", "left", "right", "left"],
    style,
  });
  for (const { name } of parts) {
    const row = rows.find((one) => one.name === name);
    table.push(
      row ? [name, row.state, row.seconds.toFixed(1), row.said] : [name, "left", "", "no time was left"],
    );
  }
  return table.toString();
}
