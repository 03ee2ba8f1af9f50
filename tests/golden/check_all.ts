import type { Engine } from "../../engine/mod.ts";
import { checkBadgerGoldens } from "./check_badger.ts";
import { checkGoldens } from "./check_goldens.ts";
import { checkChemistry } from "./chemistry.ts";
import { type GoldenResult, goldenResult } from "./golden_result.ts";
import { goldensFolder } from "./goldens_folder.ts";

/**
 * Checks the goldens of every family that is there.
 *
 * @param filter only names that contain it
 * @param every of the chemistry molecules only every so many-th: all take a minute
 */
export async function* checkAllGoldens(engine: Engine, filter = "", every = 1): AsyncGenerator<GoldenResult> {
  const [csg2a, badger, chemistry] = ["csg2a", "badger", "chemistry"].map(goldensFolder);
  if (csg2a) yield* checkGoldens(engine, csg2a, filter);
  if (badger) yield* checkBadgerGoldens(engine, badger, filter);
  if (chemistry && "chemistry/molecules".includes(filter)) {
    yield goldenResult("chemistry/molecules", await checkChemistry(chemistry, every));
  }
}
