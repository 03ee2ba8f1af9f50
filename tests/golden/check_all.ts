import type { Engine } from "../../engine/mod.ts";
import { checkBadgerGoldens } from "./check_badger.ts";
import { checkGoldens } from "./check_goldens.ts";
import { checkKgGoldens } from "./check_kg.ts";
import { checkChemistry } from "./chemistry.ts";
import { type GoldenResult, goldenResult } from "./golden_result.ts";
import { goldenFamilies, goldensFolder } from "./goldens_folder.ts";
import { checkMinikg, checkScaffolds } from "./kg_files.ts";
import { checkMetrics } from "./metrics.ts";

/**
 * Checks the goldens of every family that is there.
 *
 * @param filter only names that contain it
 * @param every of the chemistry molecules only every so many-th: all take a minute
 */
export async function* checkAllGoldens(engine: Engine, filter = "", every = 1): AsyncGenerator<GoldenResult> {
  const [csg2a, badger, chemistry, kgGat] = goldenFamilies.map(goldensFolder);
  if (csg2a) yield* checkGoldens(engine, csg2a, filter);
  if (badger) yield* checkBadgerGoldens(engine, badger, filter);
  if (kgGat) yield* checkKgGoldens(engine, kgGat, filter);
  if (kgGat && "kg-gat/metrics".includes(filter)) {
    yield goldenResult("kg-gat/metrics", await checkMetrics(kgGat));
  }
  if (kgGat && "kg-gat/minikg".includes(filter)) {
    yield goldenResult("kg-gat/minikg", await checkMinikg(`${kgGat}/minikg`));
  }
  if (kgGat && "kg-gat/scaffolds".includes(filter)) {
    yield goldenResult("kg-gat/scaffolds", await checkScaffolds(`${kgGat}/scaffolds.json`));
  }
  if (chemistry && "chemistry/molecules".includes(filter)) {
    yield goldenResult("chemistry/molecules", await checkChemistry(chemistry, every));
  }
}
