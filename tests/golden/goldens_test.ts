import assert from "node:assert/strict";
import { Engine } from "../../engine/mod.ts";
import { checkAllGoldens } from "./check_all.ts";
import { goldenFamilies, goldensFolder } from "./goldens_folder.ts";

Deno.test("every golden agrees within the tolerances of csg2a.md section 8 and badger.md section 7", async (t) => {
  if (!goldenFamilies.some(goldensFolder)) return console.log("skipped: no folder of goldens");
  const engine = await Engine.open(navigator.gpu);
  let checked = 0;
  for await (const { name, checks, skipped, passed } of checkAllGoldens(engine, "", 8)) {
    if (skipped) console.log(`skipped ${name}: ${skipped}`);
    else {
      checked++;
      await t.step(name, () => {
        const wrong = checks.filter((check) => !check.passed);
        assert(
          passed,
          wrong.map(({ name, detail, worst, tolerance }) =>
            `${name}: ${detail ?? worst} (allowed ${tolerance})`
          ).join("\n"),
        );
      });
    }
  }
  engine.dispose();
  assert(checked > 0, "the folders list no goldens");
});
