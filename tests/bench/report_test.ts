import assert from "node:assert/strict";
import { parseBenchFile } from "../../bench/bench_file.ts";
import { fitSweep } from "../../bench/fit_exponent.ts";
import { renderPngs } from "../../report/png/render_pngs.ts";
import { historyPage } from "../../bench/report/history_page.ts";
import { renderBenchReport } from "../../bench/report/render_bench_report.ts";
import { benchReportCommand } from "../../cli/commands/bench/report.ts";

const sizes = (genes: number) => ({ genes, batch: 16 });

function row(variant: string, genes: number, ms: number, more: Record<string, unknown> = {}) {
  return {
    kernel: "csg2a-block",
    variant,
    pass: "both",
    sizes: sizes(genes),
    adapter: "llvmpipe (LLVM 15.0.6, 256 bits)",
    timer: "timestamps",
    repeats: 3,
    samples_ms: [ms, ms, ms],
    ms_median: ms,
    ms_min: ms,
    gflops: 10 / ms,
    gbs: 1 / ms,
    intensity: variant === "naive" ? 30 : 5,
    roofline_share: 0.2,
    speedup_vs_naive: variant === "naive" ? 1 : 40,
    speedup_interval: [38, 42],
    max_rel_error: 2e-7,
    peak_bytes: 1000 * genes,
    dispatches: 8,
    ...more,
  };
}

const rows = [
  row("closed", 978, 9),
  row("naive", 978, 3000),
  ...[128, 512, 2048, 10_167].map((genes) => row("closed", genes, genes / 100)),
];
const document = {
  rows: [...rows, { ...row("tfjs-webgpu <b>", 978, 900), dispatches: null }],
  fits: fitSweep(parseBenchFile(JSON.stringify({ rows }), "rows").rows.slice(2), "genes", 978),
  roofline: { gflops: 50, gbs: 4 },
  machine: { adapter: "llvmpipe (LLVM 15.0.6, 256 bits)", adapterClass: "software", machine: "a machine" },
  models: [{
    model: "badger",
    pass: "training",
    scale: "reduced",
    sizes: sizes(160),
    adapter: "llvmpipe",
    repeats: 9,
    ms_step: 30,
    samples_per_second: 270,
    ms_kernels: 25,
    gpu_idle_share: 0.1,
    host_share: 0.02,
    host_us_per_dispatch: 9,
    dispatches: 300,
    submits: 1,
    peak_bytes: 8e6,
    parameters: 1000,
    compile_ms: 900,
    kernels: [{
      kernel: "matmul",
      phase: "forward",
      calls: 9,
      ms: 20,
      share: 0.8,
      gflops: 3,
      gbs: 1,
      roofline_share: 0.3,
    }],
  }],
  reproductions: [{
    name: "C1",
    title: "A table",
    command: "perturbine train csg2a",
    lines: [{ what: "test MSE", published: 4.218, source: "reference-runs.md 5", here: 4.25, unit: "" }],
  }],
};
const file = parseBenchFile(JSON.stringify(document), "all.json");

Deno.test("the report is one page that needs nothing else, with every part of the measurement", async () => {
  const { html, drawings } = await renderBenchReport([{ path: "all.json", file }]);
  assert.deepEqual(
    drawings.map(({ name }) => name),
    ["roofline", "memory", "speedup", "scaling_csg2a-block_genes", "models", "peers_1"],
  );
  for (const { svg } of drawings) assert.match(svg, /^<svg role="img" aria-label="/);
  assert.doesNotMatch(html, /<link|src=|url\(|@import|fetch\(|import\(/);
  assert.equal(html.match(/<script>/g)?.length, 1, "one script, which sorts tables");
  assert.doesNotMatch(html, /NaN|undefined|Infinity|\[object/);
  assert.match(html, /40 times as fast as its naive twin/);
  assert.match(html, /A software driver on the CPU/);
  assert.match(html, /class="published">4\.22</);
  assert.match(html, /closed: time ~ genes\^1\.00 ± 0\.00 from 128 to 10167 \(r² 1\.000\)/);
  assert.ok(!html.includes("<b>"), "names are escaped");
});

Deno.test("what is wrong or missing stands first, and nothing of it is headlined", async () => {
  const refused = [
    { kernel: "gather", variant: "odd", reason: "not at these sizes", sizes: { rows: 3 } },
    {
      kernel: "softmax",
      variant: "quads",
      reason: "wrong result: off by 3.1e-1 of the largest value",
      sizes: { rows: 5 },
      adapter: "llvmpipe",
      max_rel_error: 0.31,
    },
  ];
  const flagged = row("closed", 978, 9, { flag: "3.5e+4 GFLOP/s are more than arithmetic reached here" });
  const few = row("closed", 978, 9, { kernel: "matmul", speedup_interval: null, repeats: 2 });
  const bad = parseBenchFile(JSON.stringify({ ...document, refused, rows: [flagged, few] }), "bad.json");
  const { html } = await renderBenchReport([{ path: "bad.json", file: bad }]);
  const places = [
    "off by 3.1e-1",
    "not at these sizes",
    "more than arithmetic reached",
    "How far from the hardware",
  ]
    .map((text) => html.indexOf(text));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.ok(places[0] > 0);
  assert.match(html, /<strong class="wrong">softmax, quads</);
  assert.match(html, /2 repeats tell nothing of its noise/);
  assert.doesNotMatch(html, /times as fast as its naive twin/);
});

Deno.test("a chart that is exported stands alone: no variable of the page is left in it", async () => {
  const { drawings } = await renderBenchReport([{ path: "all.json", file }]);
  for (const { svg } of drawings) {
    assert.doesNotMatch(svg, /var\(/);
    assert.match(svg, /<rect width="100%" height="100%" fill="#ffffff"\/>/);
  }
});

/** Width and height from a PNG's header. @throws {AssertionError} when it is no PNG */
function pngSize(png: Uint8Array): [width: number, height: number] {
  assert.deepEqual([...png.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const header = new DataView(png.buffer, png.byteOffset + 16);
  return [header.getUint32(0), header.getUint32(4)];
}

Deno.test("bench report --svg --png writes every chart as both, the PNG of twice the size and with its text", async () => {
  const unreachable = await renderPngs([]).then(() => undefined, (error: Error) => error.message);
  if (unreachable) return console.log(`skipped: ${unreachable}`);
  const folder = await Deno.makeTempDir({ prefix: "perturbine_bench_report_" });
  try {
    await Deno.writeTextFile(`${folder}/all.json`, JSON.stringify(document));
    const [page, charts] = [`${folder}/page.html`, `${folder}/charts`];
    await benchReportCommand().parseAsync(
      [`${folder}/all.json`, "--out", page, "--svg", charts, "--png", charts],
      { from: "user" },
    );
    const names = [...Deno.readDirSync(charts)].map(({ name }) => name).filter((name) =>
      name.endsWith(".svg")
    );
    assert.equal(names.length, 6);
    const svgs = names.map((name) => Deno.readTextFileSync(`${charts}/${name}`));
    const mute = await renderPngs(svgs.map((svg) => svg.replace(/<text.*?<\/text>/g, "")));
    for (const [k, name] of names.entries()) {
      const png = await Deno.readFile(`${charts}/${name.replace(/svg$/, "png")}`);
      const [, width, height] = svgs[k].match(/viewBox="0 0 (\d+) (\d+)"/)!;
      assert.deepEqual(pngSize(png), [2 * Number(width), 2 * Number(height)]);
      // Without a font it would be the same picture.
      assert.ok(png.length > 1.1 * mute[k].length, `${name}: text takes space`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an SVG that cannot be rendered is told", async () => {
  await assert.rejects(renderPngs(["<svg"]), /cannot be fetched|SVG data parsing failed/);
});

Deno.test("a model of several files, of one adapter or two, has a bar and a name for each", async () => {
  const of = (adapter: string) => {
    const models = document.models.map((model) => ({ ...model, adapter }));
    return { path: `${adapter}.json`, file: parseBenchFile(JSON.stringify({ models }), adapter) };
  };
  const { html, drawings } = await renderBenchReport([of("llvmpipe"), of("H100"), of("llvmpipe")]);
  const svg = drawings.find(({ name }) => name === "models")!.svg;
  for (const line of ["badger", "badger (2)", "llvmpipe", "H100"]) assert.ok(svg.includes(`>${line}<`), line);
  for (const name of ["badger, llvmpipe", "badger, H100", "badger (2), llvmpipe"]) {
    assert.ok(html.includes(`${name}: time by kernel`), name);
  }
  const ticks = [...svg.matchAll(/>(\d+)%</g)].map(([, tick]) => Number(tick));
  assert.ok(ticks.length > 0 && Math.max(...ticks) <= 100, `no bar is longer than a step: ${ticks}`);
});

Deno.test("a file with few parts makes a page without empty sections", async () => {
  const bare = parseBenchFile(JSON.stringify({ rows: [rows[0]] }), "bare.json");
  const { html } = await renderBenchReport([{ path: "bare.json", file: bare }]);
  assert.doesNotMatch(html, /NaN|undefined|Whole models|Beside other libraries|How cost grows/);
});

Deno.test("the history shows what several measurements share, by commit and load, oldest first", async () => {
  const of = (created: string, ms: number, commit?: string) => {
    const machine = {
      ...document.machine,
      ...(commit ? { commit, load: [1.5, 1, 1], driver: "Mesa 22" } : {}),
    };
    const text = JSON.stringify({ rows: [row("closed", 978, ms), row("closed", ms, 1)], created, machine });
    return { path: `folder/${created}.json`, file: parseBenchFile(text, created) };
  };
  const html = await historyPage([of("2026-11-02T10:00", 7, "abc123+"), of("2026-11-01T10:00", 9)]);
  assert.match(html, /History of 2 measurements/);
  assert.match(html, /1 kernels, variants and sizes occur more than once/);
  assert.match(html, /not kept/);
  assert.ok(html.indexOf("2026-11-01.json") < html.indexOf("abc123+"));
  assert.doesNotMatch(html, /NaN|undefined|Infinity|\[object/);
});

Deno.test("before and after: what was lost stands first, what got slower next", async () => {
  const samples = { repeats: 6, samples_ms: [9, 9, 9.1, 9, 9, 9.1] };
  const slower = { repeats: 6, samples_ms: samples.samples_ms.map((ms) => 2 * ms), ms_min: 18 };
  const files = [[row("closed", 978, 9, samples), row("tiled", 978, 9, samples)], [
    row("closed", 978, 18, slower),
  ]]
    .map((rows, k) => ({ path: `${k}.json`, file: parseBenchFile(JSON.stringify({ rows }), `${k}.json`) }));
  const { html } = await renderBenchReport([files[1]], files[0]);
  const places = [
    "Before and after",
    "csg2a-block tiled both",
    ">missing<",
    "csg2a-block closed both",
    ">slower<",
    "2.000",
  ]
    .map((text) => html.indexOf(text, html.indexOf("Before and after")));
  assert.deepEqual(places, [...places].sort((a, b) => a - b), String(places));
  assert.ok(places[0] > 0);
});

Deno.test("Chromium draws the page, narrow and wide, light and dark", async () => {
  const browser = await chromium();
  if (!browser) return console.log("skipped: Chromium is not installed");
  const folder = await Deno.makeTempDir({ prefix: "perturbine_bench_report_" });
  try {
    const { html } = await renderBenchReport([{ path: "all.json", file }]);
    await Deno.writeTextFile(`${folder}/report.html`, html);
    const pictures: Uint8Array[] = [];
    for (const width of [500, 1400]) {
      for (const scheme of [0, 1]) {
        const picture = `${folder}/${width}_${scheme}.png`;
        const { success } = await new Deno.Command(browser, {
          args: [
            ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
            ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
            `--user-data-dir=${folder}/profile`,
            `--blink-settings=preferredColorScheme=${scheme}`,
            `--window-size=${width},1200`,
            `--screenshot=${picture}`,
            `file://${folder}/report.html`,
          ],
          stdout: "null",
          stderr: "null",
        }).output();
        assert.ok(success, `${width} px`);
        pictures.push(await Deno.readFile(picture));
      }
    }
    for (const picture of pictures) assert.ok(picture.length > 20_000, "an empty page is smaller than this");
    assert.notDeepEqual(pictures[0], pictures[1], "light and dark differ");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function chromium(): Promise<string | undefined> {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
      if (await Deno.stat(`${folder}/${name}`).then(() => true, () => false)) return `${folder}/${name}`;
    }
  }
}
