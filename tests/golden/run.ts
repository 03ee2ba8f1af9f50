/** `deno task golden`: every golden file of PERTURBINE_GOLDENS (or the default folder), the worst error of each. */
import { Engine } from "../../engine/mod.ts";
import { checkAllGoldens } from "./check_all.ts";
import { goldenFamilies, goldensFolder } from "./goldens_folder.ts";

const folders = goldenFamilies.map(goldensFolder).filter((folder) => folder !== undefined);
if (folders.length === 0) {
  console.error(
    "no folder of goldens: set PERTURBINE_GOLDENS to one that holds csg2a, badger, chemistry or kg-gat.",
  );
  Deno.exit(1);
}
const engine = await Engine.open(navigator.gpu);
console.log(`${folders.join(", ")}, on ${engine.device.description}\n`);
console.log(`${"file".padEnd(42)} checks   worst error  tolerance  of tolerance  at`);
let passed = 0, failed = 0, skipped = 0;
for await (
  const { name, checks, skipped: reason, worstShare, passed: good } of checkAllGoldens(engine, Deno.args[0])
) {
  if (reason !== undefined) {
    skipped++;
    console.log(`${name.padEnd(42)} skipped: ${reason}`);
    continue;
  }
  const share = ({ worst, tolerance }: { worst: number; tolerance: number }) =>
    tolerance > 0 ? worst / tolerance : worst;
  const worst = checks.toSorted((a, b) => share(b) - share(a))[0];
  const numbers = [worst?.worst, worst?.tolerance].map((value) =>
    (value ?? NaN).toExponential(2).padStart(10)
  );
  console.log(
    `${name.padEnd(42)} ${String(checks.length).padStart(6)}  ${numbers.join(" ")}  ${
      (100 * worstShare).toFixed(1).padStart(10)
    } %  ${worst?.name ?? ""}${good ? "" : "  FAILED"}`,
  );
  for (const check of checks) {
    if (!check.passed) console.log(`    ${check.name}: ${check.detail ?? check.worst}`);
  }
  if (good) passed++;
  else failed++;
}
engine.dispose();
console.log(
  `\n${skipped ? `${skipped} skipped; ` : ""}largest error of every file as a part of its tolerance above.`,
);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 || passed === 0 ? 1 : 0);
