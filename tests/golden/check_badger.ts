import type { Engine } from "../../engine/mod.ts";
import { checkBadgerBlocks } from "./badger_blocks.ts";
import { BadgerGolden } from "./badger_file.ts";
import { badgerHostChecks } from "./badger_host.ts";
import { badgerLossChecks } from "./badger_losses.ts";
import { checkBadgerModel } from "./badger_models.ts";
import { badgerOperationChecks } from "./badger_ops.ts";
import { baselineModelChecks } from "./baseline_models.ts";
import type { GoldenCheck } from "./compare.ts";
import { brokenResult, type GoldenResult, goldenResult } from "./golden_result.ts";

type Check = (engine: Engine, golden: BadgerGolden) => Promise<GoldenCheck[]>;

/** What checks a file on the device; several may look at different parts of it. */
function deviceChecks(name: string): Check[] {
  if (name.startsWith("model_badger")) return [checkBadgerModel];
  if (name === "ops_mab") return [checkBadgerBlocks];
  const tables: readonly Readonly<Record<string, Check>>[] = [
    badgerOperationChecks,
    badgerLossChecks,
    baselineModelChecks,
  ];
  return tables.flatMap((table) => table[name] ?? []);
}

/** Files that hold no golden of their own. */
const notGoldens = new Set(["finite_differences"]);

/**
 * Checks every file of a badger goldens folder.
 *
 * @param filter only names that contain it
 */
export async function* checkBadgerGoldens(
  engine: Engine,
  folder: string,
  filter = "",
): AsyncGenerator<GoldenResult> {
  const entries = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  const names = entries.filter((name) => name.endsWith(".json")).map((name) =>
    name.slice(0, -".json".length)
  );
  if (entries.includes("dataset_tiny")) names.push("dataset_tiny");
  for (const name of names) {
    if (notGoldens.has(name) || !`badger/${name}`.includes(filter)) continue;
    try {
      const device = deviceChecks(name);
      const host = badgerHostChecks[name];
      if (device.length === 0 && !host) throw new Error(`no check is known for this golden.`);
      const checks = host ? await host(folder) : [];
      if (device.length > 0) {
        const golden = await BadgerGolden.open(folder, name);
        for (const check of device) checks.push(...await check(engine, golden));
      }
      yield goldenResult(`badger/${name}`, checks);
    } catch (error) {
      yield brokenResult(`badger/${name}`, error);
    }
  }
}
