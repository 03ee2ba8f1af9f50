import assert from "node:assert/strict";
import { join } from "node:path";
import { renderComparePage } from "../../report/compare_page.ts";
import { renderExplainPage } from "../../report/explain_page.ts";
import { renderRankPage } from "../../report/rank_page.ts";
import { renderRunPage } from "../../report/run_page.ts";
import { renderScreenPage } from "../../report/screen_page.ts";
import { renderStudyPage } from "../../report/study_page.ts";
import {
  comparison,
  explanation,
  pairExplanation,
  profileReport,
  ranking,
  responseReport,
  screen,
  signatureReport,
  study,
} from "../report/fixtures.ts";
import { longTests } from "../support/long_tests.ts";

/** The browser that opens the pages; without one, or in the default form, nothing is opened. */
const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

const mark = "document.documentElement.setAttribute('data-ran','1')";
/** Names that would run in a page that does not escape them, in text, in attributes and in a style or script. */
const hostile = [
  `<script>${mark}</script>`,
  `"><img src=x onerror="${mark}">`,
  `'><svg onload="${mark}">`,
  `</style><script>${mark}</script>`,
  `</script><script>${mark}</script>`,
  `javascript:${mark}`,
];

/** Fields of reports that hold what users named. */
const named = new Set([
  ...[
    "name",
    "title",
    "drug",
    "cell",
    "run",
    "data",
    "split",
    "gene",
    "command",
    "signature",
    "source",
    "sentence",
    "label",
  ],
  ...["notes", "genes", "from", "to", "nodes", "target", "text", "against"],
]);

/** A report in which every name is hostile; each takes the next of the list. */
function poisoned<Report>(report: Report): Report {
  let count = 0;
  const visit = (value: unknown, field: string): unknown => {
    if (typeof value === "string") {
      return named.has(field) ? value + hostile[count++ % hostile.length] : value;
    }
    if (Array.isArray(value)) return value.map((item) => visit(item, field));
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Map) {
      return value;
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, key)]));
  };
  return visit(report, "") as Report;
}

/** The page as the browser has it after its scripts ran. */
async function opened(page: string, folder: string): Promise<string> {
  const path = join(folder, "page.html");
  await Deno.writeTextFile(path, page);
  const { stdout } = await new Deno.Command(browser!, {
    args: [
      ...[
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
      ],
      ...[
        "--disable-component-update",
        "--disable-sync",
        `--user-data-dir=${await Deno.makeTempDir({ dir: folder })}`,
      ],
      ...["--virtual-time-budget=1000", "--dump-dom", `file://${path}`],
    ],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "hostile names run in no page, opened in a browser",
  ignore: !longTests || browser === undefined,
  async fn() {
    const pages: Record<string, () => string | Promise<string>> = {
      profiles: () => renderRunPage(poisoned(profileReport())),
      signatures: () => renderRunPage(poisoned(signatureReport())),
      response: () => renderRunPage(poisoned(responseReport())),
      comparison: () => renderComparePage(poisoned(comparison())),
      study: () => renderStudyPage(poisoned(study())),
      rank: () => renderRankPage(poisoned(ranking())),
      screen: () => renderScreenPage(poisoned(screen())),
      explanation: () => renderExplainPage(poisoned(explanation())),
      pairs: () => renderExplainPage(poisoned(pairExplanation())),
    };
    const folder = await Deno.makeTempDir();
    try {
      const ran = (dom: string) => /<html[^>]*data-ran="1"/.test(dom);
      assert.ok(
        ran(await opened(`<!doctype html><html><body>${hostile[1]}</body></html>`, folder)),
        "the trap works",
      );
      for (const [name, render] of Object.entries(pages)) {
        const page = await render();
        assert.ok(/data-ran/.test(page), `${name}: no hostile name is on the page`);
        const dom = await opened(page, folder);
        assert.ok(
          dom.includes("</html>") && dom.length > page.length / 2,
          `${name}: the browser has not opened it`,
        );
        assert.ok(!ran(dom), `${name}: a name ran`);
        console.log(`${name}: ${page.split("data-ran").length - 1} hostile names, none ran`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true }).catch(() => {});
    }
  },
});
