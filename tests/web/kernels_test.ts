import assert from "node:assert/strict";
import { parseBenchFile } from "../../bench/bench_file.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { longTests } from "../support/long_tests.ts";
import { assertAccessible } from "./accessible.ts";
import { closePage, pageTest } from "./support.ts";

pageTest(
  "an edited shader is compiled, held against float64 and timed beside the one that it was",
  async ({ page }) => {
    const text = page.getByRole("textbox", { name: /^WGSL of/ });
    await text.waitFor({ timeout: 60_000 });
    const before = await text.inputValue();
    assert.match(before, /^\/\/ /, "as it was written, with its comments");
    assert.match(before, /@compute/);
    await assertAccessible(page, "a shader in its editor");

    await text.press("Control+Enter");
    const ladder = page.getByRole("group", { name: "Ladder of softmax, edited" });
    await ladder.waitFor({ timeout: 120_000 });
    for (const variant of ["chosen", "chosen, edited"]) {
      const cells = await ladder.getByRole("row", { name: new RegExp(`^${variant} `) }).first()
        .getByRole("cell").allInnerTexts();
      assert.ok(Number(cells[2].replace("?", "")) > 0, `${variant}: ${cells.join(" | ")}`);
    }

    await text.fill(before.replace("1.0 / sum", "1.001 / sum"));
    await text.press("Control+Enter");
    await ladder.getByText(/no time: wrong result: off by/).waitFor({ timeout: 120_000 });

    await text.fill(before.replace("@compute", "let 3;\n@compute"));
    await text.press("Control+Enter");
    const line = before.slice(0, before.indexOf("@compute")).split("\n").length;
    await page.getByText(new RegExp(`\\.wgsl:${line}:\\d+: `)).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "As it was" }).click();
    assert.equal(await text.inputValue(), before);
  },
  { address: "#kernels?sizes=small&open=softmax", ignore: !longTests },
);

pageTest(
  "every kernel of the suite is right in the browser and stands under the roofline",
  async ({ page }) => {
    page.setDefaultTimeout(60_000);
    const all = page.getByRole("button", { name: /^Measure all/ });
    await page.getByRole("article").nth(kernelCases.length - 1).waitFor();
    await all.click();
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await all.waitFor({ timeout: 1_200_000 });
    await page.getByRole("img", { name: "Kernels under the measured roofline" }).waitFor();
    await assertAccessible(page, "every kernel measured");
    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download JSON" }).click();
    const path = await (await waiting).path();
    const file = parseBenchFile(await Deno.readTextFile(path), path);
    const measured = new Set(file.rows.map(({ kernel }) => kernel));
    assert.deepEqual(kernelCases.map(({ name }) => name).filter((name) => !measured.has(name)), []);
    assert.deepEqual(
      file.refused.map(({ kernel, variant, reason }) => `${kernel} ${variant}: ${reason}`),
      [],
    );
  },
  { address: "#kernels?sizes=small", ignore: !longTests },
);

closePage();
