import assert from "node:assert/strict";
import { panels } from "../../web/panels/registry.ts";
import { assertAccessible } from "./accessible.ts";
import { closePage, pageTest } from "./support.ts";

/** What may be loaded until the page is there, in bytes. */
const mostBytes = 1_000_000;

pageTest("the page is there within 1 MB, names its adapter and works without a mouse", async ({ page }) => {
  await page.getByRole("heading", { level: 1, name: /attention block/ }).waitFor();
  await page.getByText(/swiftshader, a software driver/).waitFor();
  const bytes = await page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).decodedBodySize, 0)
  );
  assert.ok(bytes > 20_000 && bytes < mostBytes, `${bytes} bytes`);
  assert.equal(await page.title(), "The race · Perturbine");
  await assertAccessible(page, "the page as it opens");

  await page.keyboard.press("Tab"); // the link past the navigation
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /Every kernel/ }).waitFor();
  assert.match(page.url(), /#kernels$/);
  await page.getByRole("article").nth(5).waitFor();
  await assertAccessible(page, "the kernels before any is measured");
});

pageTest("without WebGPU the page says so and shows a recorded run", async ({ page }) => {
  await page.getByRole("alert").getByText(/WebGPU/).waitFor();
  await page.getByText(/^Recorded on/).waitFor();
  await page.getByRole("heading", { name: /times as fast/ }).waitFor();
  await assertAccessible(page, "the recorded race");
}, { webgpu: false });

Deno.test("every panel of the registry is the one that its line names", async () => {
  for (const { id, title, load } of panels) {
    const { panel } = await load();
    assert.deepEqual([panel.id, panel.title], [id, title]);
  }
});

closePage();
