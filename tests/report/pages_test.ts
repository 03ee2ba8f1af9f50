import assert from "node:assert/strict";
import { leadersSentence, renderComparePage, standings } from "../../report/compare_page.ts";
import { endWords, extremes } from "../../report/ends.ts";
import { nothingStandsOut } from "../../report/explain/heat_map.ts";
import { strongestRoutes } from "../../report/explain/routes.ts";
import { renderExplainPage, routesSentence } from "../../report/explain_page.ts";
import { renderRankPage } from "../../report/rank_page.ts";
import { rankingRemarks, screenRemarks } from "../../report/remarks.ts";
import { renderScreenPage } from "../../report/screen_page.ts";
import { bestValuesSentence, renderStudyPage, studySentence } from "../../report/study_page.ts";
import { groupsOf } from "../../report/study_report.ts";
import {
  comparison,
  explanation,
  pairExplanation,
  ranking,
  scored,
  screen,
  study,
  verdict,
} from "./fixtures.ts";

const tone = (page: string) => page.match(/class="verdict (\w+)"/)![1];

Deno.test("every page is one file without scripts, links to elsewhere or missing values", async () => {
  const pages = [
    await renderComparePage(comparison()),
    renderStudyPage(study()),
    await renderRankPage(ranking()),
    await renderRankPage(ranking({ measured: undefined, nearest: undefined, cell: "" })),
    await renderScreenPage(screen()),
    await renderExplainPage(explanation()),
    await renderExplainPage(pairExplanation()),
  ];
  for (const page of pages) {
    assert.match(page, /^<!doctype html>/);
    assert.ok(!/<script|<link|https?:\/\/(?!www\.w3\.org)|\ssrc=/.test(page), "it refers to nothing outside");
    assert.ok(!/undefined|NaN|\[object/.test(page), "no value is missing");
  }
});

Deno.test("every page escapes what it is given", async () => {
  const evil = "<b>&'\"";
  const drug = { name: evil, smiles: "C" };
  const { rows, sets } = study();
  const renamed = <T extends object>(entry: T) => ({ ...entry, data: evil, split: evil, model: evil });
  const pages = [
    await renderComparePage(comparison({ title: evil, command: evil, notes: [evil] })),
    renderStudyPage(
      study({ title: evil, command: evil, notes: [evil], rows: rows.map(renamed), sets: sets.map(renamed) }),
    ),
    await renderRankPage(
      ranking({ drug, cell: evil, run: evil, model: evil, nearest: { name: evil, tanimoto: 0.3 } }),
    ),
    await renderScreenPage(screen({ cell: evil, signature: evil, run: evil })),
    await renderExplainPage({ ...explanation(), drug, cell: evil }),
  ];
  for (const page of pages) assert.ok(!page.includes("<b>&"), "a name got through as markup");
});

Deno.test("a comparison is green, amber or red by the intervals over the best free baseline", async () => {
  const of = (value: number, low: number, high: number, more = {}) =>
    renderComparePage(comparison({
      predictions: [
        scored("A", "model", { pearson: 0.5 }, undefined, { advantage: { value, low, high } }),
        scored("ridge", "baseline", { pearson: 0.5 - value }),
      ],
      ...more,
    }));
  assert.equal(tone(await of(0.1, 0.05, 0.2, { verdict: verdict() })), "good");
  assert.equal(tone(await of(0.1, 0.05, 0.2, { verdict: verdict({ drugMatters: "no" }) })), "mixed");
  assert.equal(tone(await of(0.1, -0.05, 0.2)), "mixed");
  assert.equal(tone(await of(-0.1, -0.2, -0.05)), "bad");
  assert.match(await of(0.1, 0.05, 0.2), /<h1>A is ahead of ridge, the best free baseline<\/h1>/);
});

Deno.test("a comparison sorts its models by standing and says where rankings flip", () => {
  assert.deepEqual(standings(comparison()), { ahead: [], level: ["BADGER", "CIGER"], behind: ["Ridge"] });
  assert.equal(
    leadersSentence(comparison()),
    "Rankings flip: BADGER leads by Pearson, Spearman and RMSE; CIGER leads by NDCG up; nearest neighbours (a free baseline) " +
      "leads by NDCG down.",
  );
  const [badger] = comparison().predictions;
  assert.equal(
    leadersSentence(comparison({ predictions: [badger] })),
    "BADGER leads by all 5 metrics.",
  );
});

Deno.test("a comparison leads to each run's own page", async () => {
  const page = await renderComparePage(comparison());
  for (const name of ["badger", "ciger", "ridge"]) {
    assert.ok(page.includes(`<a href="${name}/report.html">`), name);
  }
});

Deno.test("a study counts where a model is ahead, and names where ridge or a mean has the best value", () => {
  const { rows: [behind] } = study();
  const worse = { ...behind, data: "skbr3", split: "random", model: "MLP" };
  const groups = groupsOf(study({ rows: [...study().rows, worse] }));
  assert.equal(
    studySentence(groups),
    "A trained model is ahead of the best free baseline in 1 of 4 sets, at best level in 2, behind in 1",
  );
  assert.equal(
    bestValuesSentence(groups),
    "A free baseline has the best value in 2 of 4: ridge (skbr3, drug-blind) and training mean (gdsc-sample, drug-blind); elsewhere it is " +
      "that of CSG2A (skbr3, random) and CSG2A response (gdsc-sample, random).",
  );
  // A ridge that the study trained itself is as free as one that stands beside.
  const free = groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => ({ ...row, free: true as const })),
  }));
  assert.match(bestValuesSentence(free), /^A free baseline has the best value in 4 of 4: /);
  const led = groups.filter(({ rows: [{ role }] }) => role === "model");
  assert.match(bestValuesSentence(led), /^The best value is that of /);
  assert.equal(tone(renderStudyPage(study())), "mixed");
  const { sets, rows } = study();
  const only = (split: string) =>
    study({ sets: sets.filter((set) => set.split === split && set.data === "skbr3"), rows });
  assert.equal(tone(renderStudyPage(only("random"))), "good");
  assert.equal(tone(renderStudyPage(only("drug-blind"))), "bad");
});

Deno.test("an end is raised or lowered only where its genes change that way, else highest or lowest", async () => {
  assert.deepEqual(endWords(true, [2, 0.1], [-1]), { up: "Raised", down: "Lowered" });
  assert.deepEqual(endWords(true, [-0.1, -2], [-3]), { up: "Highest", down: "Lowered" });
  assert.deepEqual(endWords(true, [2, -0.1], [0.1, -1]), { up: "Highest", down: "Lowest" });
  assert.deepEqual(endWords(true, [3], [1]), { up: "Raised", down: "Lowest" });
  assert.deepEqual(endWords(false, [3], [-1]), { up: "Highest", down: "Lowest" });
  const page = await renderRankPage(ranking({}, -5));
  assert.ok(page.includes("<h3>Highest</h3>") && !page.includes("<h3>Raised</h3>"));
  const { up, down } = extremes(Float32Array.of(0.5, -3, 2, 1, -1), 2);
  assert.deepEqual([up, down], [[2, 3], [1, 4]]);
});

Deno.test("bars of a ranking stand on their side of zero", async () => {
  const page = await renderRankPage(ranking());
  const bars = [
    ...page.matchAll(
      /<u style="left:([\d.]+)%"><\/u><i class="(up|down)" style="left:([\d.]+)%;right:calc\(100% - ([\d.]+)%\)/g,
    ),
  ];
  assert.equal(bars.length, 50);
  for (const [, zero, side, left, right] of bars) assert.equal(side === "up" ? left : right, zero);
});

Deno.test("remarks say what a ranking and a screen are worth", () => {
  assert.match(rankingRemarks(ranking({ meanAgreement: 0.95 }))[0], /of any drug/);
  assert.match(rankingRemarks(ranking({ nearest: { name: "x", tanimoto: 1 } }))[1], /was trained on \(x\)/);
  assert.ok(
    rankingRemarks(ranking({ cellTrained: false })).includes("MCF7 was not among the cell lines trained on."),
  );
  assert.ok(
    rankingRemarks(ranking({ measured: undefined })).some((text) =>
      text.startsWith("There is no measurement")
    ),
  );
  assert.match(rankingRemarks(ranking({ arbitraryScale: true })).at(-1)!, /their size is chance/);
  assert.match(screenRemarks(screen())[1], /rests on small differences/);
  assert.equal(
    screenRemarks(screen()).at(-1),
    "30 of 73 drugs have no drug in the training part with a Tanimoto similarity of 0.4 or more.",
  );
});

Deno.test("a heat map is drawn where something stands out, and is a sentence where nothing does", async () => {
  const map = (shares: number[]) => ({ rows: ["a"], columns: shares.map((_, k) => `b${k}`), shares });
  assert.equal(nothingStandsOut(map([0.2, 3])), undefined);
  assert.match(nothingStandsOut(map([0.9, 1.08]))!, /none gets more than 1\.08 or less than 0\.90 times/);
  assert.ok((await renderExplainPage(explanation())).includes('<svg class="heat"'));
  const flat = await renderExplainPage(explanation(0));
  assert.ok(!flat.includes('<svg class="heat"') && flat.includes("Nothing stands out"));
  assert.match(routesSentence(0.01, 0.0099), /none stands out/);
  assert.ok(!routesSentence(0.2, 0.01).includes("none stands out"));
});

Deno.test("the colours of a heat map diverge from the even share, whatever else is on the page", async () => {
  const page = await renderExplainPage(explanation());
  for (
    const [, tint, share] of page.matchAll(
      /fill="var\(--(\w+)\)" opacity="[\d.]+"><title>GENE\d+ asks GENE\d+: ([\d.]+) times/g,
    )
  ) {
    if (Math.abs(Number(share) - 1) > 0.006) {
      assert.equal(tint, Number(share) > 1 ? "second" : "model", share);
    }
  }
});

Deno.test("the strongest routes are those of all combinations, with and without pathways", () => {
  const { explanation: whole } = explanation();
  const { maps, fragments, pathways, genes } = whole;
  const targets = [3, 11];
  const all = targets.flatMap((target) =>
    genes.flatMap((_, source) =>
      pathways.flatMap((_, pathway) =>
        fragments.map((_, fragment) =>
          maps["gene-gene"]!.values[target * genes.length + source] *
          maps["gene-pathway"]!.values[source * pathways.length + pathway] *
          maps["pathway-fragment"]!.values[pathway * fragments.length + fragment]
        )
      )
    )
  ).sort((a, b) => b - a);
  const { routes, share, uniformShare } = strongestRoutes(whole, targets, 13)!;
  assert.deepEqual(routes.map(({ strength }) => strength), all.slice(0, 13));
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(share - sum(all.slice(0, 13)) / sum(all)) < 1e-9);
  assert.equal(uniformShare, 13 / all.length);
  const direct = {
    ...maps["gene-pathway"]!,
    shape: [genes.length, 3] as const,
    values: Float64Array.from({ length: genes.length * 3 }, (_, k) => k),
  };
  const light = strongestRoutes({ ...whole, maps: { "gene-fragment": direct } }, [5], 2)!;
  assert.deepEqual(light.routes, [
    { fragment: 2, source: 5, target: 5, strength: 17 },
    { fragment: 1, source: 5, target: 5, strength: 16 },
  ]);
  assert.equal(strongestRoutes(pairExplanation().explanation, [1], 4), undefined);
});

Deno.test("pairs of genes stand in the place of a map that is no attention", async () => {
  const page = await renderExplainPage(pairExplanation());
  assert.ok(page.includes("Pairs of genes that interact most") && !page.includes("Genes that genes ask"));
  assert.ok(page.includes("GENE0 – GENE1"));
});
