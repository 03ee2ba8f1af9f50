import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { parseBenchFile } from "../../bench/bench_file.ts";
import { longTests } from "../support/long_tests.ts";
import { runCommand } from "../support/run_command.ts";
import { assertAccessible } from "./accessible.ts";
import { closePage, pageTest } from "./support.ts";

/** Starts what the address names and waits for the card. */
async function race(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Race", exact: true }).click();
  await page.getByRole("region", { name: "Result" }).waitFor({ timeout: 120_000 });
}

/** Saves what the button hands out. */
async function downloaded(page: Page, folder: string): Promise<string> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download JSON" }).click();
  const path = `${folder}/race.json`;
  await (await waiting).saveAs(path);
  return path;
}

pageTest(
  "a race ends in a card, a link that repeats it and a file that bench report and compare read",
  async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await race(page);
    for (const name of ["Materialised", "Closed form"]) {
      await page.getByRole("article", { name }).getByText("ms, forward and backward").waitFor();
    }
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Copied.").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${page.url().split("#")[0]}#race?genes=100&batch=1&seed=3&materialised=tiled`);
    await assertAccessible(page, "a race that ended");
    const folder = await Deno.makeTempDir();
    try {
      const path = await downloaded(page, folder);
      const file = parseBenchFile(await Deno.readTextFile(path), path);
      const variants = new Set(file.rows.map(({ variant }) => variant));
      assert.deepEqual(variants, new Set(["closed", "tiled"]));
      assert.equal(file.command, link);
      for (const row of file.rows) {
        assert.deepEqual(row.sizes, { genes: 100, batch: 1, width: 64, degree: 4 });
        assert.ok(row.ms_median > 0 && row.max_rel_error > 0 && row.max_rel_error <= 2e-5, row.variant);
      }
      const report = await runCommand("bench", "report", path, "--out", `${folder}/race.html`);
      assert.equal(report.code, 0, report.err);
      assert.match(await Deno.readTextFile(`${folder}/race.html`), /csg2a-block/);
      const compared = await runCommand("bench", "compare", path, path, "--json");
      assert.equal(compared.code, 0, compared.err);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
  { address: "#race?genes=100&batch=1&seed=3" },
);

pageTest(
  "at 10,167 genes the materialised form says in one sentence why it does not run; the closed form does",
  async ({ page }) => {
    await race(page);
    const told = await page.getByRole("article", { name: "Materialised" }).locator(".refused").innerText();
    assert.match(told, /No time: .*\.$/);
    await page.getByRole("article", { name: "Closed form" }).getByText("ms, forward and backward").waitFor();
    await page.getByRole("heading", { name: "The closed form ran; the materialised one did not" }).waitFor();
  },
  { address: "#race?genes=10167&batch=1", ignore: !longTests },
);

pageTest(
  "nothing holds the page up for longer than 200 ms while it measures",
  async ({ page }) => {
    await page.evaluate(() => {
      const lengths: number[] = [];
      Object.assign(globalThis, { lengths });
      new PerformanceObserver((list) => lengths.push(...list.getEntries().map(({ duration }) => duration)))
        .observe({ type: "longtask" });
    });
    await race(page);
    const lengths = await page.evaluate(() => (globalThis as unknown as { lengths: number[] }).lengths);
    assert.ok(Math.max(0, ...lengths) < 200, `long tasks of ${lengths.join(", ")} ms`);
  },
  { address: "#race?genes=600&batch=4", ignore: !longTests },
);

pageTest("a race goes on in a tab in the background", async ({ page, context }) => {
  await page.getByRole("button", { name: "Race", exact: true }).click();
  const other = await context.newPage();
  await other.bringToFront();
  await page.getByRole("region", { name: "Result" }).waitFor({ timeout: 120_000 });
}, { address: "#race?genes=100&batch=1", ignore: !longTests });

pageTest(
  "a device that is lost in a race is told in a sentence, and opened anew by a button",
  async ({ page, context }) => {
    await page.getByText(/swiftshader, a software driver/).waitFor();
    await page.getByRole("button", { name: "Race", exact: true }).click();
    await page.getByText(/compared with float64 …/).first().waitFor({ timeout: 60_000 });
    const client = await context.newCDPSession(page);
    await client.send("Browser.crashGpuProcess" as "Browser.getVersion");
    await page.getByRole("alert").getByText(/The GPU device was lost/).waitFor();
    await assertAccessible(page, "a lost device");
    await page.getByRole("button", { name: "Open it anew" }).click();
    await page.getByText(/swiftshader, a software driver/).waitFor();
    await race(page);
  },
  { address: "#race?genes=100&batch=1", ignore: !longTests },
);

closePage();
