import assert from "node:assert/strict";
import { leftToTheLongForm } from "../support/long_tests.ts";
import { runCommand } from "../support/run_command.ts";
import { assertAccessible } from "./accessible.ts";
import { ownFolder } from "./own_folder.ts";
import { closePage, pageTest } from "./support.ts";

const cases = {
  "a run of BADGER shows fragments, pathways and the way to the genes": {
    train: ["badger", "--genes", "64", "--hidden", "32", "--epochs", "1"],
    shows: ["Fragments", "Pathways", "The strongest routes"],
  },
  "a run of KG-GAT shows its paths": {
    train: ["kg-gat", "--epochs", "1"],
    shows: ["Paths"],
  },
};

for (const [name, { train, shows }] of Object.entries(cases)) {
  pageTest(`dropped on the page, ${name}`, async ({ page }) => {
    const parent = await Deno.makeTempDir();
    try {
      const { code, err } = await runCommand("train", ...train, "--out", `${parent}/theirs`);
      assert.equal(code, 0, err);
      await page.locator("input[webkitdirectory]").first().setInputFiles(`${parent}/theirs`);
      await page.getByText(/Its weights have the SHA-256/).waitFor({ timeout: 60_000 });
      await page.getByRole("combobox", { name: /SMILES/ }).fill("vorinostat");
      await page.getByRole("button", { name: "Ask the model" }).click();
      const looked = page.getByRole("region", { name: "What the model looked at" });
      await page.getByRole("button", { name: "Save the answer's tables" }).waitFor({ timeout: 90_000 });
      for (const title of shows) {
        await looked.getByRole("heading", { name: title }).first().waitFor({ timeout: 90_000 });
      }
    } finally {
      await Deno.remove(parent, { recursive: true });
    }
  }, { address: "#molecule", ignore: leftToTheLongForm(name) });
}

const own = "a dropped run whose data are not here asks for their folder, and answers when it has it";
pageTest(own, async ({ page }) => {
  await using data = await ownFolder();
  const run = `${data.parent}/theirs`;
  const { code, err } = await runCommand(
    ...["train", "ridge", "--data", data.folder, "--out", run],
  );
  assert.equal(code, 0, err);
  await page.locator("input[webkitdirectory]").first().setInputFiles(run);
  await page.getByText(data.folder).waitFor({ timeout: 60_000 });
  await page.locator("input[webkitdirectory]").last().setInputFiles(data.folder);
  await page.getByText(/Its weights have the SHA-256/).waitFor({ timeout: 60_000 });
  await page.getByRole("combobox", { name: /SMILES/ }).fill("CC(=O)Oc1ccccc1C(=O)O");
  await page.getByRole("button", { name: "Ask the model" }).click();
  await page.getByRole("region", { name: "Genes up and down" }).waitFor({ timeout: 60_000 });
  await page.getByText(/has no attention to explain/).waitFor();
}, { address: "#molecule", ignore: leftToTheLongForm(own) });

for (const panel of ["drug", "molecule"]) {
  const recorded = `without WebGPU the panel ${panel} shows what was recorded`;
  pageTest(recorded, async ({ page }) => {
    await page.getByText(/^Recorded on /).waitFor();
    await page.getByRole("alert").getByText(/WebGPU/).first().waitFor();
    await assertAccessible(page, recorded);
  }, { address: `#${panel}`, webgpu: false, ignore: leftToTheLongForm(recorded) });
}

closePage();
