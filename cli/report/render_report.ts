import style from "./report.css" with { type: "text" };
import { Markup, markup } from "./markup.ts";
import { partSection } from "./part_section.ts";
import type { ReportData } from "./report_data.ts";
import { chartSection, kernelSection, setupSection, summarySection } from "./sections.ts";

/**
 * A run's report as one self-contained HTML page: no script, no link, no font to load; light and dark, narrow and wide.
 */
export async function renderReport(data: ReportData): Promise<string> {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${data.title} · Perturbine</title>
<style>${new Markup(style)}</style>
</head>
<body>
${summarySection(data)}
${await chartSection(data)}
${partSection(data)}
${kernelSection(data)}
${setupSection(data)}
</body>
</html>
`.source;
}
