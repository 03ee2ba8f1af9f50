import { AddressValues } from "../../address_values.ts";
import type { RaceSetting } from "../../measure/race_block.ts";
import type { PanelState } from "../../state.ts";
import { fewestGenes, mostGenes } from "./genes.ts";

/** Samples a batch that the panel offers. */
export const batches = [1, 4, 16, 64] as const;

/** The setting that an address names; what it does not name, or names wrongly, is the default, and `wrong` says so. */
export function settingOf(state: Pick<PanelState, "get">): { setting: RaceSetting; wrong?: string } {
  const values = new AddressValues(state);
  const setting: RaceSetting = {
    genes: values.whole("genes", 978, fewestGenes, mostGenes),
    batch: values.whole("batch", 4, 1, 128),
    materialised: values.oneOf("materialised", "tiled", ["tiled", "naive"]),
    seed: values.whole("seed", 1, 0, 2 ** 32 - 1),
    anyway: state.get("anyway") === "1",
  };
  return { setting, wrong: values.wrong };
}
