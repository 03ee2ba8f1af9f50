import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { configure } from "../../runs/configure.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { longTests } from "../support/long_tests.ts";
import { ownFolder } from "./own_folder.ts";
import { closePage, pageTest } from "./support.ts";

pageTest(
  "a model trains on a dropped folder behind the line of the best baseline (in the long form then without the molecule), and says what a molecule does; no request is made",
  async ({ page, context, requests }) => {
    await using own = await ownFolder();
    await own.damage("gex_comp.csv", 5, 3, "abc");
    const choose = page.locator("input[webkitdirectory]").first();
    await choose.setInputFiles(own.folder);
    await page.getByText(/^mine: .*gex_comp\.csv/).waitFor();
    await page.getByRole("button", { name: "Train", exact: true }).click();

    // A fault in the visitor's file: the sentence of the command line, with row and column.
    const wish = { model: "csg2a", data: own.folder, reading: { ppi: "none" } };
    const refusal = await prepareRun(await configure(wish)).then(() => "", (error: Error) => error.message);
    assert.match(refusal, /gex_comp\.csv, row 5 .*column .*abc/);
    assert.equal(await page.getByRole("alert").innerText(), refusal.replaceAll(own.parent, ""));

    await own.mend();
    await choose.setInputFiles(own.folder);
    await page.getByText(/^mine: .*gex_comp\.csv/).waitFor();
    // All that the page can ever need is here; from now on it has no network.
    await context.setOffline(true);
    const worker = page.workers().find((some) => some.url().endsWith("/house_worker.js"));
    assert.equal(await worker!.evaluate(() => typeof fetch), "undefined");
    const before = requests.length;
    await page.getByRole("button", { name: "Train", exact: true }).click();
    const chart = page.locator(".race-chart svg");
    await chart.getByText(/^best free baseline: /).waitFor();
    assert.equal(await page.locator("[data-weights]").count(), 0, "the line comes before the model");
    const weights = await trained(page);
    assert.match(await page.locator(".verdict h1").innerText(), /^(Ahead of|Level with|Behind) .+: MSE /);

    if (longTests) {
      await page.getByRole("switch", { name: "take the molecule away" }).check();
      await page.getByRole("button", { name: "Train without the molecule" }).click();
      assert.notEqual(await trained(page, weights), weights);
      const visits = page.getByRole("table").last();
      await visits.getByText(/CSG2A, molecule removed, seed 7/).waitFor();
      assert.match(page.url(), /#drug\?.*molecule=removed/);
    }

    await page.getByRole("link", { name: "Ask it about a molecule" }).click();
    const smiles = page.getByRole("combobox", { name: /SMILES/ });
    await smiles.fill("CC(=O)Oc1ccccc1C(");
    await page.getByText(/^No molecule: /).waitFor();
    await smiles.fill("CC(=O)Oc1ccccc1C(=O)O");
    await page.locator(".sketch svg").waitFor();
    await page.getByRole("button", { name: "Ask the model" }).click();
    const genes = page.getByRole("region", { name: "Genes up and down" });
    await genes.getByText(/The most similar drug of the training part is|was trained on/).first().waitFor();
    await genes.getByText(/with the mean over the training rows/).first().waitFor();
    await page.getByRole("region", { name: "What the model looked at" }).getByRole("heading", {
      name: /interact most/,
    }).waitFor();
    assert.equal(requests.length, before, `requests after load: ${requests.slice(before)}`);
  },
  { address: "#drug?data=own&epochs=1&seed=7&split=random" },
);

/** Waits for a result other than an earlier one. @returns the SHA-256 of its weights */
async function trained(page: Page, earlier = ""): Promise<string> {
  await page.locator("[data-weights]", { hasNotText: earlier || "none" }).waitFor({ timeout: 60_000 });
  return await page.locator("[data-weights]").innerText();
}

closePage();
