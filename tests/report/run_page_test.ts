import assert from "node:assert/strict";
import { axisOf, near, place } from "../../report/kit/axis.ts";
import { renderRunPage } from "../../report/run_page.ts";
import { slopeSentence } from "../../report/sections/fit.ts";
import { toneOf, whyNotGreen } from "../../report/standing.ts";
import { parts, profileReport, responseReport, scored, signatureReport, verdict } from "./fixtures.ts";

const tone = (page: string) => page.match(/class="verdict (\w+)"/)![1];

Deno.test("a run's page is one file without scripts, links or missing values, whatever is predicted", async () => {
  for (const report of [profileReport(), signatureReport(), responseReport()]) {
    const page = await renderRunPage(report);
    assert.match(page, /^<!doctype html>/);
    assert.ok(!/<script|<link|https?:\/\/(?!www\.w3\.org)|\ssrc=/.test(page), "it refers to nothing outside");
    assert.ok(!/undefined|NaN|\[object/.test(page), "no value is missing");
    assert.ok(page.includes(report.verdict.sentence), "the verdict is on it");
    for (const { name } of report.predictions) assert.ok(page.includes(name), name);
  }
});

Deno.test("a page escapes every name it is given", async () => {
  const evil = "<b>&'\"";
  const base = profileReport();
  const page = await renderRunPage({
    ...base,
    title: evil,
    model: evil,
    split: { name: evil, checksum: evil },
    verdict: verdict({ sentence: evil, controls: evil, against: evil }),
    predictions: [
      scored(evil, "model", { mse: 1 }),
      scored(`${evil}2`, "baseline", { mse: 2 }, [1, 0.5, 1.5]),
    ],
    drugs: parts(3, evil),
    cells: parts(3, evil),
    genes: parts(3, evil),
    notes: [evil],
    ownScores: { [evil]: 1 },
    chosen: evil,
    environment: { adapter: evil, software: false, machine: evil, runtime: evil, command: evil },
    config: { evil },
  });
  assert.ok(!page.includes("<b>&"), "a name got through as markup");
});

Deno.test("green needs a lead whose interval excludes zero and a drug that matters; amber says why", async () => {
  assert.equal(toneOf(verdict()), "good");
  assert.equal(whyNotGreen(verdict()), undefined);
  for (const drugMatters of ["no", "unclear", "untested"] as const) {
    assert.equal(toneOf(verdict({ drugMatters })), "mixed");
    assert.match(whyNotGreen(verdict({ drugMatters }))!, /^Amber/);
    const page = await renderRunPage(responseReport({ verdict: verdict({ drugMatters }) }));
    assert.equal(tone(page), "mixed");
    assert.ok(page.includes(whyNotGreen(verdict({ drugMatters }))!));
  }
  for (const drugMatters of ["yes", "no", "unclear", "untested"] as const) {
    assert.equal(toneOf(verdict({ standing: "level", drugMatters })), "mixed");
    assert.equal(toneOf(verdict({ standing: "behind", drugMatters })), "bad");
  }
});

Deno.test("interval, units and seeds stand beside the headline, and a missing interval is no interval", async () => {
  const page = await renderRunPage(signatureReport());
  assert.match(page, /\+0\.004 \[−0\.019, 0\.027\]/);
  assert.match(page, /<dt>test cell lines<\/dt><dd>7<\/dd>/);
  assert.match(page, /<dt>trainings \(seeds\)<\/dt><dd>5<\/dd>/);
  assert.match(page, /<dt>lead over 6 mechanism clusters<\/dt>/);
  const few = await renderRunPage(responseReport());
  assert.match(few, /<dt>lead in [^<]* over drug mean<\/dt><dd>−0\.20<\/dd>/);
  const [gauge] = few.match(/<div class="gauge"[\s\S]*?<\/div>\s*<div class="ends">/)!;
  assert.ok(!gauge.includes("<i "), "a bar was drawn without an interval");
  assert.match(gauge, /class="hollow"/);
});

Deno.test("a verdict's numbers have minus signs, its names their hyphens", async () => {
  const sentence = "Behind drug-mean-2: lead -0.2 [-0.4, -0.1] over 10 units.";
  const page = await renderRunPage(responseReport({ verdict: verdict({ sentence }) }));
  assert.ok(page.includes("<h1>Behind drug-mean-2: lead −0.2 [−0.4, −0.1] over 10 units.</h1>"));
});

Deno.test("closed forms have no loss curve", async () => {
  assert.ok((await renderRunPage(profileReport())).includes("<h3>Loss</h3>"));
  const page = await renderRunPage(responseReport());
  assert.ok(!page.includes("<h3>Loss</h3>") && !page.includes("best epoch"));
});

Deno.test("predictions stand by role, and ones that coincide share a row", async () => {
  const page = await renderRunPage(profileReport());
  const place = (text: string) => {
    const at = page.indexOf(text);
    assert.ok(at > 0, text);
    return at;
  };
  const order = [
    ">CSG2A<",
    ">ridge<",
    ">cell mean<",
    "With an input disturbed",
    ">drug removed<",
    ">noise ceiling<",
    "Meant to be bad",
  ];
  const places = order.map(place);
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
  assert.ok(page.includes("Here the same: drug mean."));
  assert.equal(page.match(/class="rung (model|baseline|control|ceiling|reference|negative)/g)!.length, 11);
});

Deno.test("the share of the gap to the ceiling is shown where it is known, and not otherwise", async () => {
  const page = await renderRunPage(profileReport());
  assert.match(page, /<dt>of the gap to the noise ceiling<\/dt><dd>22\u00a0%<\/dd>/);
  assert.match(page, /data-label="of the gap">100\u00a0%</);
  assert.ok(!(await renderRunPage(signatureReport())).includes("of the gap"));
});

Deno.test("an entry's bar is where the lead's interval puts it, and the rule is at the model", async () => {
  const page = await renderRunPage(profileReport());
  const row = (name: string) => {
    const [, rule, left, right, dot] = page.match(
      new RegExp(
        `>${name}<small>[\\s\\S]*?<u style="left:([\\d.]+)%"></u>(?:<i[^>]*left:([\\d.]+)%;right:calc\\(100% - ([\\d.]+)%\\)"></i>)?` +
          `<b class="" style="left:([\\d.]+)%`,
      ),
    )!.map(Number);
    return { rule, left, right, dot };
  };
  const model = row("CSG2A"), ridge = row("ridge"), mean = row("cell mean");
  assert.equal(model.rule, model.dot);
  assert.equal(ridge.rule, model.dot);
  assert.ok(
    ridge.left < ridge.dot && ridge.dot < ridge.right && ridge.right < model.dot,
    "the model is ahead of ridge",
  );
  assert.ok(mean.left < model.dot && model.dot < mean.right, "it is level with the cell mean");
});

Deno.test("a model beside the model is another entry, and several trainings show their deviation", async () => {
  const page = await renderRunPage(signatureReport());
  assert.equal(page.match(/class="rung model/g)!.length, 1);
  assert.match(page, /class="rung other[\s\S]{0,80}CIGER of runs\/ciger/);
  assert.ok(page.includes("0.412 ± 0.006"));
});

Deno.test("metrics that a free baseline wins are named", async () => {
  const page = await renderRunPage(signatureReport());
  assert.match(page, /<h3>RMSE<small>[\s\S]*?<div class="ends"><span>1\.210<\/span><span>1\.020<\/span>/);
  assert.ok(
    page.includes(
      "A free baseline has the better value in 4 of 7: NDCG up, NDCG down, P@20 up and P@20 down.",
    ),
  );
});

Deno.test("a nearly flat fit is called so", () => {
  assert.equal(
    slopeSentence({ slope: 0.12 }),
    "Nearly flat: predictions move only 12\u00a0% as much as the truth.",
  );
  assert.equal(
    slopeSentence({ slope: 0.62 }),
    "On the fitted line predictions move 62\u00a0% as much as the truth.",
  );
  assert.match(slopeSentence({ slope: -0.1 }), /fall where the truth rises/);
});

Deno.test("parts stand in the order of the gain that they show", async () => {
  const part = (name: string, rows: number, mse: number, baselineMse: number) => ({
    name,
    rows,
    mse,
    baselineMse,
    pearson: null,
    baselinePearson: null,
  });
  const page = await renderRunPage(responseReport({
    drugs: [part("tiny", 900, 0.001, 0.01), part("lost", 3, 2, 1), part("much", 1, 1, 2.5)],
  }));
  const gains = [
    ...page.matchAll(
      /<td class="text">(\w+)<\/td><td class="">\d+<\/td><td class=""><span class="[\w-]+">([+−][\d.]+)</g,
    ),
  ];
  assert.deepEqual(gains.map(([, name, gain]) => [name, gain]), [["much", "+1.500"], ["tiny", "+0.009"], [
    "lost",
    "−1.000",
  ]]);
  assert.ok(page.includes("Better on 2 of 3 drugs"));
});

Deno.test("two thousand drugs are two ends and a chart, forty a fold as well", async () => {
  assert.ok(!(await renderRunPage(signatureReport())).includes("All 2000 drugs"));
  assert.ok((await renderRunPage(profileReport())).includes("All 41 drugs"));
});

Deno.test("drugs at both ends are drawn, and one that cannot be drawn is left out", async () => {
  const drugs = parts(8, "drug", 0, true);
  const page = await renderRunPage(responseReport({ drugs }));
  assert.equal(page.match(/class="molecule"/g)!.length, 7);
  assert.ok(
    !/fill:#FFFFFF/.test(page.slice(page.indexOf('class="molecule"'))),
    "a drawing has a ground of its own",
  );
});

Deno.test("device time and configuration are folded away, and a long command may wrap", async () => {
  const page = await renderRunPage(profileReport());
  const fold = page.indexOf("<details><summary>Where the device time goes");
  assert.ok(fold > 0 && fold < page.indexOf("csg2a_<wbr>block_"));
  assert.match(page, /<details><summary>Configuration<\/summary><pre>/);
  assert.match(page, /pre \{[^}]*white-space: pre-wrap/);
});

Deno.test("an axis holds its values, and what is far off is pinned to its end", () => {
  for (const values of [[1, 1], [0, 2, 3], [4.2, 4.5, 6.8], [1e-9, 1, 1e9], [5, 5.001], [-3, -1], [0]]) {
    const axis = axisOf(values);
    assert.ok(axis.low < Math.min(...values) && axis.high > Math.max(...values), String(values));
    assert.ok(
      axis.ticks.length >= 1 && axis.ticks.every((tick) => tick >= axis.low - 1e-6 * Math.abs(tick)),
      String(axis.ticks),
    );
    for (const value of values) assert.match(place(axis, value), /^\d+\.\d\d%$/);
  }
  assert.equal(place(axisOf([0, 1]), 99), "100.00%");
  assert.deepEqual(near([1, 1.1, 1.2, 1.4, 90], 1), [1, 1.1, 1.2, 1.4]);
});
