import assert from "node:assert/strict";
import { closePage, pageTest } from "./support.ts";

pageTest("the page opens at the first panel, names its adapter, and asks no other host", async ({ page }) => {
  await page.getByRole("heading", { level: 1, name: /attention block/ }).waitFor();
  await page.getByText(/swiftshader, a software driver/).waitFor();
  assert.equal(await page.title(), "The race · Perturbine");
});

closePage();
