import assert from "node:assert/strict";
import { leftToTheLongForm } from "../support/long_tests.ts";
import { closePage, pageTest } from "./support.ts";

const long = (name: string) => leftToTheLongForm(name);

const blocked =
  "training blocks the page for no longer than 200 ms, and goes on while the tab is in the background";
pageTest(blocked, async ({ page, context }) => {
  await page.evaluate(() => {
    const longest = { duration: 0 };
    Object.assign(globalThis, { longest });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.duration = Math.max(longest.duration, duration);
    }).observe({ type: "longtask" });
  });
  // One that is seen: the page is kept busy on purpose.
  await page.evaluate(() => {
    for (const until = performance.now() + 150; performance.now() < until;);
  });
  const longest = () =>
    page.evaluate(() => (globalThis as unknown as { longest: { duration: number } }).longest.duration);
  while (await longest() < 100) await page.waitForTimeout(50);
  await page.evaluate(() =>
    (globalThis as unknown as { longest: { duration: number } }).longest.duration = 0
  );
  await page.getByRole("button", { name: "Train", exact: true }).click();
  const stand = page.locator(".stand");
  await stand.getByText(/steps a second/).waitFor({ timeout: 120_000 });
  const step = async () =>
    Number(/step ([\d\u202f]+) of/.exec(await stand.innerText())![1].replaceAll("\u202f", ""));
  const other = await context.newPage();
  await other.bringToFront();
  const before = await step();
  await other.waitForTimeout(6000);
  const after = await step();
  const hidden = await page.evaluate(() =>
    (globalThis as unknown as { document: { visibilityState: string } }).document.visibilityState
  );
  console.log(`${after - before} steps in 6 s with the page ${hidden}`);
  assert.ok(after > before, `step ${before} before, ${after} after`);
  await other.close();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Go on from the last state" }).waitFor();
  const duration = await longest();
  console.log(`longest task of the page: ${duration} ms`);
  assert.ok(duration <= 200, `a task of ${duration} ms`);
}, { address: "#drug?epochs=40", ignore: long(blocked) });

const lost = "a lost device is said, and training goes on from the last state to the same weights";
pageTest(lost, async ({ page, context }) => {
  const train = page.getByRole("button", { name: "Train", exact: true });
  await train.click();
  const weights = page.locator("[data-weights]");
  await weights.waitFor({ timeout: 240_000 });
  const undisturbed = await weights.innerText();
  await train.click();
  await page.getByText(/^epoch [34] of/).waitFor({ timeout: 120_000 });
  const session = await context.newCDPSession(page);
  await session.send("Browser.crashGpuProcess" as "Browser.getVersion");
  const alert = page.getByRole("alert").filter({ hasText: "The state saved before it is intact." });
  await alert.waitFor({ timeout: 60_000 });
  assert.match(await alert.innerText(), /lost/);
  await page.getByRole("button", { name: "Go on from the last state" }).click();
  await weights.waitFor({ timeout: 240_000 });
  assert.equal(await weights.innerText(), undisturbed);
}, { address: "#drug?epochs=6", ignore: long(lost) });

closePage();
