import assert from "node:assert/strict";
import { goldensFolder } from "../golden/goldens_folder.ts";
import { leftToTheLongForm } from "../support/long_tests.ts";
import type { SentGolden } from "./golden_in_page.ts";
import { closePage, pageTest } from "./support.ts";

const folder = goldensFolder("csg2a/models");
const name = "every golden file of CSG2A's network passes in the browser";

pageTest(name, async ({ page, url }) => {
  const files: SentGolden[] = [];
  for (const entry of Deno.readDirSync(folder!)) {
    if (!entry.name.endsWith(".json")) continue;
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/${entry.name}`));
    const bytes = (await Deno.readFile(`${folder}/${manifest.file}`)).toBase64();
    files.push({ manifest, bytes });
  }
  assert.ok(files.length > 0, "no golden file");
  await page.addScriptTag({ url: `${url}golden_in_page.js`, type: "module" });
  const results = await page.evaluate(
    (sent) =>
      (globalThis as unknown as { checkGoldens(files: readonly SentGolden[]): Promise<unknown> })
        .checkGoldens(sent),
    files,
  ) as { name: string; checks: number; passed: boolean; worstShare: number }[];
  assert.equal(results.length, files.length);
  for (const result of results) {
    console.log(
      `${result.name}: ${result.checks} checks, worst ${
        (100 * result.worstShare).toFixed(1)
      } % of its tolerance`,
    );
    assert.ok(result.passed && result.checks > 3, JSON.stringify(result));
  }
}, { ignore: folder === undefined || leftToTheLongForm(name) });

closePage();
