import { type Markup, markup } from "./kit/markup.ts";
import { reportPage } from "./report_page.ts";
import type { RunReport } from "./run_report.ts";
import { fitSection } from "./sections/fit.ts";
import { headlineSection } from "./sections/headline.ts";
import { ladderSection } from "./sections/ladder.ts";
import { metricsSection } from "./sections/metrics.ts";
import { partsSection } from "./sections/parts.ts";
import { setupSection } from "./sections/setup.ts";

/** A run's report as one HTML page that refers to nothing outside, whatever the model. */
export async function renderRunPage(report: RunReport): Promise<string> {
  return reportPage(report.title, await runBody(report));
}

/** What the page shows, without what a page has around it. */
export async function runBody(report: RunReport): Promise<Markup> {
  return markup`
${headlineSection(report)}
${ladderSection(report)}
${metricsSection(report)}
${await fitSection(report)}
${await partsSection(report)}
${setupSection(report)}`;
}
