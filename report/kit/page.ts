import style from "./page.css" with { type: "text" };
import { Markup, markup } from "./markup.ts";

/** A self-contained HTML page in the style that all reports share; `more` is further CSS. */
export function page(title: string, body: Markup, more = ""): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Perturbine</title>
<style>${new Markup(style + more)}</style>
</head>
<body>
${body}
</body>
</html>
`.source;
}
