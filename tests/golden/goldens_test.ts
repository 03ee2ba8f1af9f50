import assert from "node:assert/strict";
import { Engine } from "../../engine/mod.ts";
import { checkGoldens } from "./check_goldens.ts";
import { goldensFolder } from "./goldens_folder.ts";

Deno.test("every csg2a golden agrees within the tolerances of csg2a.md section 8", async (t) => {
  const folder = goldensFolder("csg2a");
  if (!folder) return console.log("skipped: no folder of goldens");
  const engine = await Engine.open(navigator.gpu);
  let checked = 0;
  for await (const { name, checks, skipped, passed } of checkGoldens(engine, folder)) {
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
  assert(checked > 0, `${folder} lists no goldens`);
});
