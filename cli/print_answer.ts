import { terminalText } from "../report/kit/terminal_table.ts";
import type { TextTable } from "../report/kit/text_table.ts";
import type { RunReport } from "../report/run_report.ts";
import { scoreTable } from "../report/text/score_table.ts";

/** What a command found, for machines and for people. */
export interface Answer {
  /** All of it. */
  readonly result: object;
  readonly table: TextTable;
  /** Sentences below the table; empty ones are left out. */
  readonly lines: readonly string[];
  /** Files that were written. */
  readonly written?: string;
}

/** Prints an answer: as JSON, or as table and sentences. */
export function printAnswer({ json }: { readonly json?: boolean }, answer: Answer): void {
  const { result, table, lines, written } = answer;
  if (json) return console.log(JSON.stringify(result));
  console.log(terminalText(table));
  for (const line of lines) if (line !== "") console.log(line);
  if (written !== undefined) console.log(`Written: ${written}`);
}

/** Prints a report, for machines with `facts` before it. */
export function printReport(
  report: RunReport,
  flags: { readonly json?: boolean },
  facts: Readonly<Record<string, unknown>> & { readonly report?: string } = {},
): void {
  printAnswer(flags, {
    result: { ...facts, ...report },
    table: scoreTable(report),
    lines: [report.verdict.sentence, report.verdict.controls, ...report.notes],
    written: facts.report,
  });
}
