import { markup } from "../../report/kit/markup.ts";
import { page } from "./page.ts";
import { partSection } from "./part_section.ts";
import type { ReportData } from "./report_data.ts";
import { chartSection, kernelSection, setupSection, summarySection } from "./sections.ts";

/**
 * A run's report as one self-contained HTML page: no script, no link, no font to load; light and dark, narrow and wide.
 */
export async function renderReport(data: ReportData): Promise<string> {
  return page(
    data.title,
    markup`
${summarySection(data)}
${await chartSection(data)}
${partSection(data)}
${kernelSection(data)}
${setupSection(data)}
`,
  );
}
