import type { Markup } from "../../report/kit/markup.ts";
import { page as sharedPage } from "../../report/kit/page.ts";
import style from "./report.css" with { type: "text" };

/** A self-contained HTML page in the style of a model's report; `more` is further CSS. */
export function page(title: string, body: Markup, more = ""): string {
  return sharedPage(title, body, style + more);
}
