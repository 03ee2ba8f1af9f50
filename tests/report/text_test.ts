import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { comparisonTable } from "../../report/text/comparison_table.ts";
import { scoreTable } from "../../report/text/score_table.ts";
import { studyTable } from "../../report/text/study_table.ts";
import { terminalText } from "../../report/kit/terminal_table.ts";
import { markdownText } from "../../report/kit/text_table.ts";
import type { Cell } from "../../report/kit/text_table.ts";
import { comparison, profileReport, responseReport, signatureReport, study } from "./fixtures.ts";

const textOf = (cell: Cell) => typeof cell === "string" ? cell : cell.strong;

Deno.test("the score table has every prediction once, its role told by its place and label", () => {
  for (const report of [profileReport(), signatureReport(), responseReport()]) {
    const { head, body } = scoreTable(report);
    assert.equal(body.length, report.predictions.length);
    assert.ok(body.every((cells) => cells.length === head.length));
    assert.equal(body.filter(([name]) => typeof name !== "string").length, 1);
    assert.ok(!/undefined|NaN/.test(terminalText({ head, body })));
  }
  const names = scoreTable(profileReport()).body.map(([name]) => textOf(name));
  assert.deepEqual(names.slice(0, 3), ["CSG2A", "ridge", "cell mean"]);
  assert.ok(names.includes("drug mean (same as training mean)"));
  assert.ok(names.includes("  drug removed") && names.includes("(noise ceiling)"));
});

Deno.test("the score table says what the model is ahead by, and nothing where there is no interval", () => {
  const column = (report: Parameters<typeof scoreTable>[0]) => {
    const { head, body } = scoreTable(report);
    return body.map((cells) => textOf(cells[head.indexOf("model's lead, 95 %")]));
  };
  assert.equal(column(profileReport())[1], "+0.31 [0.12, 0.52]");
  assert.deepEqual(column(responseReport()), ["−0.20", "", "+0.50"]);
});

Deno.test("the comparison puts free baselines in brackets and tells what each run leads by", () => {
  const { head, body } = comparisonTable(comparison());
  const row = (name: string) => body.find(([first]) => textOf(first) === name)!;
  assert.equal(row("CIGER")[head.indexOf("lead over the best baseline, 95 %")], "−0.008 [−0.032, 0.016]");
  assert.equal(row("CIGER")[head.indexOf("epochs")], "25");
  assert.equal(row("(training mean)")[head.indexOf("epochs")], "");
  assert.equal(row("Ridge")[head.indexOf("epochs")], "");
});

Deno.test("a table in Markdown keeps its columns whatever stands in a cell", () => {
  const text = markdownText({
    head: ["a", "b"],
    body: [[{ strong: "x|y" }, ""], ["z", "1"]],
  });
  assert.equal(text, "| a | b |\n| --- | ---: |\n| **x\\|y** |  |\n| z | 1 |\n");
});

Deno.test("the study table gives mean ± standard deviation and says plainly where ridge wins", () => {
  const { head, body } = studyTable(study());
  assert.ok(body.every((cells) => cells.length === head.length));
  const lines = stripVTControlCharacters(terminalText(studyTable(study()))).split("\n");
  assert.ok(lines.some((line) => /skbr3.*drug-blind.*\(ridge\)/.test(line)), "ridge leads its set");
  assert.ok(lines.some((line) => /CSG2A.*4\.262 ± 0\.031/.test(line)));
  assert.ok(!/undefined|NaN/.test(lines.join()));
});
