import assert from "node:assert/strict";
import { join } from "node:path";
import type { GraphExplanation } from "../../models/graph_explanation.ts";
import { renderAnalysisPage } from "../../report/analysis_page.ts";
import { attentionAnalysis } from "../../report/attention_sections.ts";
import { renderComparePage } from "../../report/compare_page.ts";
import { renderExplainPage } from "../../report/explain_page.ts";
import { patientAnalysis } from "../../report/patient_sections.ts";
import { renderPreparedPage } from "../../report/prepared_page.ts";
import { renderRankPage } from "../../report/rank_page.ts";
import { renderRunPage } from "../../report/run_page.ts";
import { renderScreenPage } from "../../report/screen_page.ts";
import { renderStudyPage } from "../../report/study_page.ts";
import { renderTasksPage } from "../../report/tasks_page.ts";
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
  ...[
    "summary",
    "output",
    "step",
    "head",
    "body",
    "next",
    "explanation",
    "sentences",
    "state",
    "error",
    "method",
  ],
  ...["id", "relation", "relations", "targets"],
  ...["fingerprint", "drugs", "provenance", "file", "strong"],
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

const table = { head: ["a", "b"], body: [["1", { strong: "name" }], ["2", "x"]] };
const prepared = {
  ...{
    title: "Rows",
    output: "out",
    summary: "7 rows",
    notes: ["odd"],
    next: "train",
    table: { title: "Rows", ...table },
  },
  steps: [{ step: "read", left: 7 }],
  values: { label: "change", of: Float32Array.of(1, 2, 2.5, -1) },
  options: { name: "x", data: "y" },
  files: [{ name: "a.csv", bytes: 7, sha256: "00" }],
};
const tasks = {
  ...{
    title: "Folds",
    sentence: "one",
    sentences: ["two"],
    explanation: "three",
    table,
    notes: ["n"],
    command: "train",
  },
  tasks: [{ run: "a", state: "finished" }, { run: "b", state: "failed", error: "no space" }],
};
const made = { title: "Patients", provenance: [["run", "r"]] as const, command: "study tcga", notes: ["n"] };
const patients = [{
  ...{ drug: "cisplatin", responders: [1, 2, 1.5], others: [2, 3, 4] },
  ...{ student: { t: -2, p: 0.04 }, welch: { p: 0.05 } },
}];
const attention = {
  ...{
    title: "Attention",
    run: "r",
    split: "random",
    seed: 1,
    fingerprint: "f",
    genes: ["A", "B", "C"],
    top: 2,
  },
  ...{ potentShare: 0.1, notes: ["n"], command: "study attention" },
  drugs: [{
    ...{ drug: "gefitinib", samples: 3, genes: 3 },
    pairs: [{ genes: ["A", "B"] as const, score: 0.5, inGraph: true }],
    sets: [{ name: "S", size: 5, genes: ["A"], p: 0.01, adjusted: 0.02 }],
    heat: { genes: ["A", "B"], values: [1, 0.5, 0.5, 1] },
  }],
  maps: [{
    ...{ drugs: ["a", "b"] as const, mechanism: "same" as const, full: 0.5, offDiagonal: 0.4 },
    ...{ withoutGraph: 0.3, offDiagonalWithoutGraph: 0.2 },
  }],
};

const nodes = ["imatinib", "ABL1", "BCR"].map((name, at) => ({
  ...{ name, id: `${name} id`, type: at === 0 ? "drug" : "gene/protein" },
}));
const relations = ["drug_protein", "protein_protein"];
const graph: GraphExplanation = {
  ...{ gene: "TP53", output: 1.5, truth: { targets: ["ABL1"], auroc: 0.7, neighbours: 4 } },
  paths: [{ nodes, relations, attention: 0.2, contribution: -0.4 }, {
    ...{ nodes: nodes.slice(0, 2), relations: relations.slice(0, 1), attention: 0.5, contribution: 0.6 },
  }],
  kinds: [{ name: "drug < drug_protein < gene/protein", paths: 2, share: 0.75 }],
  fidelity: [{ edges: 1, strongest: 0.3, random: 0.1, deviation: 0.05, draws: 3 }],
  attention: [{
    ...{ source: nodes[1], relation: relations[0], destination: nodes[0], layer: 1, weights: [0.5] },
  }],
};

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
      "knowledge graph": () => {
        const report = pairExplanation();
        return renderExplainPage(poisoned({ ...report, explanation: { ...report.explanation, graph } }));
      },
      prepared: () => renderPreparedPage(poisoned(prepared)),
      tasks: () => renderTasksPage(poisoned(tasks)),
      patients: async () => renderAnalysisPage(await patientAnalysis(poisoned(patients), poisoned(made))),
      attention: async () => renderAnalysisPage(await attentionAnalysis(poisoned(attention))),
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
