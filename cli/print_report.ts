import type { RunReport } from "../report/run_report.ts";
import { scoreTable } from "../report/text/score_table.ts";
import { terminalText } from "../report/kit/text_table.ts";

/** Prints a report: all of it for machines, with `facts` before it; table, verdict and notes for people. */
export function printReport(
  report: RunReport,
  { json }: { readonly json?: boolean },
  facts: Readonly<Record<string, unknown>> & { readonly report?: string } = {},
): void {
  if (json) return console.log(JSON.stringify({ ...facts, ...report }));
  const { verdict, notes } = report;
  console.log(`\n${terminalText(scoreTable(report))}\n`);
  for (const line of [verdict.sentence, verdict.controls, ...notes]) if (line !== "") console.log(line);
  if (facts.report !== undefined) console.log(`Report: ${facts.report}`);
}
