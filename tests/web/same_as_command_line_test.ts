import assert from "node:assert/strict";
import { fileHash } from "../../datasets/layouts/common/source_files.ts";
import { readStoredZip } from "../../host/checkpoint/stored_zip_reader.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { toFloat32 } from "../../host/checkpoint/stored_tensor.ts";
import { leftToTheLongForm } from "../support/long_tests.ts";
import { assertAccessible } from "./accessible.ts";
import { ownFolder } from "./own_folder.ts";
import { closePage, pageTest } from "./support.ts";

const name =
  "50 steps in the tab and by the command line on SwiftShader end in the same weights and the same verdict";

pageTest(name, async ({ page }) => {
  await using own = await ownFolder({ drugs: 24, decoys: 6, cells: 4, doses: [0.1, 1, 10], times: [6, 24] });
  await page.locator("input[webkitdirectory]").first().setInputFiles(own.folder);
  await page.getByText(/^mine: /).waitFor();
  const command = await page.locator(".command").innerText();
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.locator("[data-weights]").waitFor({ timeout: 300_000 });
  const sentence = await page.locator(".verdict h1").innerText();
  await assertAccessible(page, "a trained model");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the run folder" }).click();
  const zip = readStoredZip(await Deno.readFile(await (await download).path()), "run.zip");
  const inTab = (file: string) => zip.get(zip.names.find((entry) => entry.endsWith(`/${file}`))!)!;
  const steps = new TextDecoder().decode(inTab("metrics.jsonl")).split("\n").filter((line) =>
    line.includes('"step"')
  );
  assert.equal(steps.filter((line) => line.startsWith('{"type":"step"')).length, 50);

  // The command that the page shows, word for word, where the folder lies.
  const [, ...words] = command.split(" ");
  const out = `${own.parent}/run`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-A", "cli/launch.ts", "run", "-q", "-A", "cli/main.ts"],
      ...words.map((word) => word === "mine" ? own.folder : word),
      ...["--out", out],
    ],
    cwd: new URL("../../", import.meta.url),
    env: { PERTURBINE_ADAPTER: "swiftshader", PERTURBINE_TUNING: "off", NO_COLOR: "1" },
    stdout: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const [tab, cli] = [inTab("checkpoint.safetensors"), await Deno.readFile(`${out}/checkpoint.safetensors`)]
    .map((bytes) => readSafetensors(bytes, "checkpoint.safetensors"));
  assert.deepEqual([...tab.keys()], [...cli.keys()]);
  let worst = 0, at = "", values = 0;
  for (const [key, tensor] of cli) {
    const found = toFloat32(tab.get(key)!);
    toFloat32(tensor).forEach((value, place) => {
      const error = Math.abs(found[place] - value) / Math.max(1, Math.abs(value));
      assert.ok(Number.isFinite(error), `${key} ${place}: ${found[place]} and ${value}`);
      values++;
      if (error > worst) [worst, at] = [error, key];
    });
  }
  const same = await fileHash(`${out}/checkpoint.safetensors`) ===
    await page.locator("[data-weights]").innerText();
  console.log(
    `${values} weights, largest difference ${worst.toExponential(1)} ${at}, ${
      same ? "the same" : "another"
    } SHA-256`,
  );
  assert.ok(values > 10_000);
  assert.match(await Deno.readTextFile(`${out}/adapters.txt`), /swiftshader/i);
  assert.ok(worst <= 1e-5, `${at} differs by ${worst}`);
  const { verdict } = JSON.parse(await Deno.readTextFile(`${out}/results.json`));
  assert.equal(sentence, verdict.sentence.replace(/(?<![\w.−-])-(?=\d)/g, "−"));
}, { address: "#drug?data=own&epochs=10&seed=11&split=random", ignore: leftToTheLongForm(name) });

closePage();
