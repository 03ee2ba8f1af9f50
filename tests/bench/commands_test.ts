import assert from "node:assert/strict";
import { parseBaseline } from "../../bench/compare/baseline.ts";
import { main } from "../../cli/main.ts";
import { deviceTest } from "../support/gpu_test.ts";

/** Runs a command line in this process; what it prints is returned. */
async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const printed = { out: "", error: "" };
  const { log, error } = console;
  console.log = (...words) => printed.out += words.join(" ") + "\n";
  console.error = (...words) => printed.error += words.join(" ") + "\n";
  try {
    return { code: await main(["bench", ...args]), ...printed };
  } finally {
    Object.assign(console, { log, error });
  }
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perturbine_bench_" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

deviceTest("kernels, compare and report work on one another's files", async () => {
  await inFolder(async (folder) => {
    const [a, b, baseline, page] = ["a.json", "b.json", "baseline.json", "page.html"].map((name) =>
      `${folder}/${name}`
    );
    const guard = ["kernels", "--kernel", "softmax", "--guard", "--repeats", "5"];
    assert.equal((await run(...guard, "--out", a, "--baseline", baseline)).code, 0);
    const document = JSON.parse(await Deno.readTextFile(a));
    assert.equal(document.format, "perturbine bench 1");
    assert.ok(document.rows.length > 0 && document.roofline.gflops > 0 && document.machine.adapter);
    assert.deepEqual((await run("compare", a, a)).code, 0);
    const slower = structuredClone(document);
    for (const row of slower.rows) row.dispatches += 1;
    await Deno.writeTextFile(b, JSON.stringify(slower));
    const worse = await run("compare", a, b);
    assert.equal(worse.code, 1);
    assert.match(worse.error, /rows regressed: softmax chosen/);
    await Deno.writeTextFile(b, JSON.stringify({ ...document, rows: document.rows.slice(1) }));
    const added = await run("compare", b, a);
    assert.equal(added.code, 1, "a new row was compared with nothing");
    assert.match(added.error, /do not hold the same rows: softmax chosen .* is new/);
    assert.equal((await run("compare", b, a, "--allow-new")).code, 0);
    const gone = await run("compare", a, b, "--allow-new");
    assert.equal(gone.code, 1);
    assert.match(gone.error, /is missing/);
    await Deno.writeTextFile(b, JSON.stringify(slower));
    assert.equal((await run("compare", baseline, a)).code, 0);
    assert.equal((await run("compare", baseline, b)).code, 1);
    assert.equal(Object.keys(parseBaseline(await Deno.readTextFile(baseline), "").adapters).length, 1);
    const report = await run("report", a, "--out", page, "--svg", `${folder}/charts`);
    assert.equal(report.code, 0, report.error);
    assert.match(await Deno.readTextFile(page), /<h2>How far from the hardware/);
    assert.ok((await Deno.stat(`${folder}/charts/roofline.svg`)).size > 1000);
  });
});

deviceTest("a sweep fits the growth of time, and a model is stepped and measured", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/sweep.json`;
    const sweep = await run(
      "kernels",
      "--kernel",
      "softmax",
      "--sweep",
      "width",
      "--repeats",
      "1",
      "--out",
      out,
    );
    assert.equal(sweep.code, 0, sweep.error);
    assert.match(sweep.out, /softmax chosen both: time ~ width\^/);
    const models = `${folder}/models.json`;
    const stepped = await run("models", "--model", "mlp", "--reduced", "--steps", "2", "--out", models);
    assert.equal(stepped.code, 0, stepped.error);
    const rows = JSON.parse(await Deno.readTextFile(models)).models;
    assert.deepEqual(rows.map(({ pass }: { pass: string }) => pass), ["training", "inference"]);
    assert.equal(rows[0].submits, 1, "one submit a training step");
    for (const { samples_ms, samples_canary, parts } of rows) {
      assert.ok(samples_ms.length >= 2 && samples_canary.length === samples_ms.length);
      if (!parts) continue;
      const { alone, ...others } = parts as Record<string, number>;
      const sum = Object.values(others).reduce((total, ms) => total + ms, 0);
      assert.ok(Math.abs(sum - alone) < 1e-6 * alone, `${sum} of ${alone} ms are explained`);
      for (const [name, ms] of Object.entries(others)) assert.ok(ms >= -0.05 * alone, `${name}: ${ms}`);
    }
    const compared = await run("compare", models, models);
    assert.equal(compared.code, 0, compared.error);
    assert.match(compared.out, /2 rows compared/);
    assert.ok(rows[0].samples_per_second > 0 && rows[0].kernels.length > 3 && rows[0].peak_bytes > 0);
  });
});

deviceTest("the cost table stands beside the published one", async () => {
  const { code, out } = await run("reproduce", "csg2a-costs", "--quick", "--json");
  assert.equal(code, 0);
  const [{ lines }] = JSON.parse(out).reproductions;
  const forward = lines.find(({ what }: { what: string }) => what === "closed forward, 978 genes");
  assert.equal(forward.published, 0.066);
  assert.ok(Math.abs(forward.here - 0.066) < 0.01);
});

Deno.test("mistakes on the command line are told in a sentence, with exit code 2", async () => {
  const cases: [string[], RegExp][] = [
    [["kernels", "--kernel", "matmull"], /There is no kernel called "matmull"; did you mean matmul\?/],
    [
      ["kernels", "--kernel", "softmax", "--variant", "fast"],
      /no variant of softmax called "fast", only chosen/,
    ],
    [
      ["kernels", "--kernel", "softmax", "--sweep", "rowz"],
      /There is no size to sweep called "rowz"; did you mean rows/,
    ],
    [["kernels", "--baseline", "x.json"], /--baseline goes with --guard/],
    [["models", "--model", "badgr"], /There is no model called "badgr"; did you mean badger\?/],
    [["models", "--released", "--reduced"], /Give --released or --reduced, not both/],
    [["reproduce", "C9"], /There is no table called "C9", only csg2a-costs, badger-costs, C1/],
    [["reproduce", "C1"], /C1 needs --data: the skbr3 slice/],
  ];
  for (const [args, message] of cases) {
    const { code, error } = await run(...args);
    assert.match(error, message);
    assert.equal(code, 2, args.join(" "));
  }
});

Deno.test("files that are none are told in a sentence, with exit code 1", async () => {
  await inFolder(async (folder) => {
    const odd = `${folder}/odd.json`;
    await Deno.writeTextFile(odd, '{"rows": []}');
    const page = ["--out", `${folder}/page.html`];
    for (
      const [args, message] of [
        [["report", `${folder}/none.json`, ...page], /none\.json cannot be read/],
        [["report", odd, ...page], /odd\.json holds no measurement/],
        [["compare", odd, odd], /share no row/],
      ] as const
    ) {
      const { code, error } = await run(...args);
      assert.match(error, message);
      assert.equal(code, 1);
    }
  });
});
