/**
 * `deno task golden`: every golden file of PERTURBINE_GOLDENS (or the default folder), the worst error of each. A word chooses
 * files by a part of their name; `--out FILE` keeps the result as JSON, rewritten after every file.
 */
import { parseArgs } from "node:util";
import { Engine } from "../../engine/mod.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { checkAllGoldens } from "./check_all.ts";
import { goldenFamilies, goldensFolder } from "./goldens_folder.ts";

const { values: { out }, positionals: [filter] } = parseArgs({
  args: Deno.args,
  options: { out: { type: "string" } },
  allowPositionals: true,
});
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
const kept: unknown[] = [];
for await (
  const { name, checks, skipped: reason, worstShare, passed: good } of checkAllGoldens(engine, filter)
) {
  kept.push({ name, passed: good, skipped: reason ?? null, checks: checks.length, worst_share: worstShare });
  if (out !== undefined) {
    const adapter = engine.device.description;
    await writeFileAtomic(out, JSON.stringify({ adapter, files: kept }, null, 1) + "\n");
  }
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
