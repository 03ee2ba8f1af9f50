import type { Engine } from "../../engine/mod.ts";
import type { GoldenCheck } from "./compare.ts";
import { brokenResult, type GoldenResult, goldenResult } from "./golden_result.ts";
import { type KgCase, KgGolden } from "./kg_golden.ts";
import { checkGraphLayer } from "./kg_layers.ts";
import { checkMlpBaseline, checkTypedModel } from "./kg_models.ts";

type Check = (engine: Engine, golden: KgGolden) => Promise<GoldenCheck[]>;

/** Checks by the operation that the manifest names; the metrics are checked on the host, elsewhere. */
const checksByOperation: Readonly<Record<string, Check>> = {
  GATConv: checkGraphLayer,
  GATv2Conv: checkGraphLayer,
  "hetero-gat": checkTypedModel,
  "hetero-gatv2": checkTypedModel,
  "mlp-baseline": checkMlpBaseline,
};

/**
 * Checks every case of a kg-gat goldens folder that runs on the device.
 *
 * @param filter only names that contain it
 */
export async function* checkKgGoldens(
  engine: Engine,
  folder: string,
  filter = "",
): AsyncGenerator<GoldenResult> {
  const { cases } = JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`)) as {
    readonly cases: Readonly<Record<string, KgCase>>;
  };
  for (const [name, manifest] of Object.entries(cases)) {
    if (manifest.op === "metrics" || !`kg-gat/${name}`.includes(filter)) continue;
    try {
      const check = checksByOperation[manifest.op];
      if (!check) throw new Error(`no check is known for the operation ${manifest.op}.`);
      yield goldenResult(`kg-gat/${name}`, await check(engine, await KgGolden.open(folder, name, manifest)));
    } catch (error) {
      yield brokenResult(`kg-gat/${name}`, error);
    }
  }
}
