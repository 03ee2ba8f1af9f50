import assert from "node:assert/strict";
import { densityOf } from "../../cli/report/density.ts";
import { ladder } from "../../cli/report/ladder.ts";
import { renderReport } from "../../cli/report/render_report.ts";
import type { ReportData, Score } from "../../cli/report/report_data.ts";
import { verdictOf } from "../../cli/report/verdict.ts";
import { resolveRunConfig } from "../../models/resolve_run_config.ts";

function score(name: string, mse: number, role: Score["role"] = "baseline", coincidesWith?: string): Score {
  const metrics = {
    mse,
    rmse: Math.sqrt(mse),
    mae: 1,
    pearsonPooled: 0.2,
    pearsonPerProfile: 0.1,
    spearman: 0.1,
  };
  return { name, description: `${name}.`, role, ...(coincidesWith ? { coincidesWith } : {}), ...metrics };
}

function reportOf(overrides: Partial<ReportData> = {}): ReportData {
  const config = resolveRunConfig("pretraining", "small", { data: { source: "folder", folder: "data/x" } });
  return {
    title: "CSG2A on x",
    stage: "pretraining",
    splitName: "random, split 0",
    counts: { train: 20, validation: 3, test: 4, drugs: 2, cells: null, genes: 3 },
    ranking: "mse",
    scores: [score("CSG2A", 1, "model"), score("zero", 2), score("mean", 1.5)],
    epochs: [
      {
        type: "epoch",
        epoch: 1,
        step: 2,
        learningRate: 1e-3,
        trainLoss: 2,
        validationLoss: null,
        validationPearson: null,
        best: true,
      },
    ],
    bestEpoch: 1,
    density: densityOf(Float32Array.of(0, 1, 2), Float32Array.of(0, 1, 3)),
    drugs: [{ name: "a<b>", rows: 1, mse: 1, baselineMse: 0, pearson: null }],
    genes: [{ name: "G1", rows: 4, mse: 1, baselineMse: 2, pearson: 0.5 }],
    kernels: [],
    environment: {
      adapter: "a & b",
      software: true,
      machine: "m",
      runtime: "r",
      command: "perturbine train",
    },
    trainingSeconds: 3,
    memory: { resident: 1e6, peak: 2e6 },
    parameters: 1234,
    notes: ["a note"],
    config,
    ...overrides,
  };
}

Deno.test("verdictOf() says plainly who wins", () => {
  const judge = (...scores: Score[]) =>
    verdictOf({ scores: [score("CSG2A", 1, "model"), ...scores], ranking: "mse" });
  const good = judge(score("zero", 2), score("mean", 1.25));
  assert.equal(good.headline, "Beats every free baseline");
  assert.match(good.detail, /MSE 1\.000 on the test part, 20\u00a0% below the best of them, mean \(1\.250\)/);
  const mixed = judge(score("zero", 2), score("mean", 0.8), score("drug mean", 0.9));
  assert.equal(mixed.headline, "Beats 1 of 3 free baselines, but not mean or drug mean");
  assert.match(mixed.detail, /25\u00a0% above/);
  assert.equal(judge(score("zero", 0.5)).headline, "Beats no free baseline");
  const equal = judge(score("zero", 1));
  assert.equal(equal.tone, "bad");
  assert.match(equal.detail, /equal to the best/);
});

Deno.test("verdictOf() counts coinciding baselines once, and neither controls nor the ceiling", () => {
  const { beaten, headline } = verdictOf({
    ranking: "mse",
    scores: [
      score("CSG2A", 1, "model"),
      score("training mean", 2),
      score("cell mean", 2, "baseline", "training mean"),
      score("ceiling", 0.1, "ceiling"),
      score("random", 9, "negative"),
      score("drug removed", 0.9, "control"),
    ],
  });
  assert.deepEqual(beaten.map(({ name }) => name), ["training mean"]);
  assert.equal(headline, "Beats every free baseline");
});

Deno.test("renderReport() gives one page without scripts, links or unescaped names", async () => {
  const page = await renderReport(reportOf());
  assert.match(page, /^<!doctype html>/);
  assert.ok(
    !/<script|<link|https?:\/\/(?!www\.w3\.org)|\ssrc=/.test(page),
    "the page refers to nothing outside",
  );
  assert.ok(page.includes("a&lt;b&gt;") && !page.includes("a<b>"));
  assert.ok(page.includes("a &amp; b (software driver)"));
  assert.ok(page.includes("prefers-color-scheme: dark"));
  assert.equal(page.match(/<svg /g)!.length, 3);
  assert.ok(!/undefined|NaN|\[object/.test(page), "no value is missing");
});

Deno.test("renderReport() copes with fine-tuning, no validation, one row and a hundred drugs", async () => {
  const drugs = Array.from({ length: 100 }, (_, k) => ({
    name: `drug ${k}`,
    rows: 1 + k % 3,
    mse: 1 + k / 100,
    baselineMse: 1.5,
    pearson: null,
  }));
  const page = await renderReport(
    reportOf({ stage: "finetuning", ranking: "rmse", genes: [], drugs, notes: [] }),
  );
  assert.equal(page.match(/<svg /g)!.length, 2);
  assert.ok(page.includes("All 100 drugs"));
  assert.ok(!/undefined|NaN/.test(page));
});

Deno.test("ladder() shows coinciding baselines as one row and puts the best first", () => {
  const { source } = ladder({
    ranking: "mse",
    scores: [
      score("CSG2A", 1, "model"),
      score("mean", 0.9),
      score("cell mean", 0.9, "baseline", "mean"),
      score("far", 90),
    ],
  });
  assert.match(source, /Here the same: cell mean\./);
  assert.equal(source.match(/class="name"/g)!.length, 3);
  assert.ok(source.indexOf(">mean<") < source.indexOf(">CSG2A<"));
  assert.match(source, /baseline worse off/);
});

Deno.test("ladder() places any errors on its axis, zero and enormous ones too", () => {
  for (const values of [[1, 1], [0, 2, 3], [4.2, 4.5, 6.8, 8.9], [0.2, 1.2], [1e-9, 1, 1e9], [5, 5.001]]) {
    const [model, ...rest] = values;
    const scores = [score("CSG2A", model, "model"), ...rest.map((mse, k) => score(`b${k}`, mse))];
    const { source } = ladder({ ranking: "mse", scores });
    const places = [...source.matchAll(/left:(-?[\d.]+|\w+)%/g)].map(([, place]) => Number(place));
    assert.ok(
      places.length > 0 && places.every((place) => place >= 0 && place <= 100),
      `${values}: ${places}`,
    );
  }
});

Deno.test("densityOf() counts every pair once, inside or outside", () => {
  const truth = Float32Array.from({ length: 977 }, (_, i) => Math.sin(i) * (i % 97 === 0 ? 40 : 1));
  const predicted = truth.map((value) => 0.5 * value);
  const { counts, outside, spreadRatio, range, bins } = densityOf(predicted, truth);
  assert.equal(counts.reduce((sum, count) => sum + count, 0) + outside, 977);
  assert.equal(counts.length, bins * bins);
  assert.ok(Math.abs(spreadRatio - 0.5) < 1e-6);
  assert.ok(range[0] < range[1]);
  const constant = densityOf(new Float32Array(3), new Float32Array(3));
  assert.equal(constant.spreadRatio, 0);
  assert.equal(constant.outside, 0);
});

Deno.test("the tables begin where the model saves most error, whatever share of a small error it is", async () => {
  const part = (name: string, rows: number, mse: number, baselineMse: number) => ({
    name,
    rows,
    mse,
    baselineMse,
    pearson: null,
  });
  const page = await renderReport(reportOf({
    drugs: [part("tiny", 1, 0.001, 0.01), part("lost", 3, 2, 1), part("often", 9, 1, 1.5)],
  }));
  const places = ["often", "tiny", "lost"].map((name) => page.indexOf(`<td>${name}</td>`));
  assert.ok(places[0] > 0 && places[0] < places[1] && places[1] < places[2], places.join());
});

Deno.test("names of kernels may break behind their underscores", async () => {
  const kernel = {
    kernel: "layer_norm_<rows>",
    phase: "forward",
    share: 0.5,
    calls: 1,
    milliseconds: 1,
    gflops: 1,
    gigabytesPerSecond: 1,
  } as const;
  const page = await renderReport(reportOf({ kernels: [kernel] }));
  assert.ok(page.includes("<td>layer_<wbr>norm_<wbr>&lt;rows&gt;</td>"));
});
