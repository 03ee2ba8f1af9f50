import type { Markup } from "./kit/markup.ts";
import { page } from "./kit/page.ts";
import style from "./report.css" with { type: "text" };

/** A self-contained page in the style of a model's report; `more` is further CSS. */
export function reportPage(title: string, body: Markup, more = ""): string {
  return page(title, body, style + more);
}
