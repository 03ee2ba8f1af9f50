import type { RaceSetting } from "../../measure/race_block.ts";
import type { PanelState } from "../../state.ts";
import { fewestGenes, mostGenes } from "./genes.ts";

/** Samples a batch that the panel offers. */
export const batches = [1, 4, 16, 64] as const;

/** The setting that an address names; what it does not name, or names wrongly, is the default, and `wrong` says so. */
export function settingOf(state: Pick<PanelState, "get">): { setting: RaceSetting; wrong?: string } {
  const wrong: string[] = [];
  const whole = (name: string, otherwise: number, low: number, high: number) => {
    const text = state.get(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    wrong.push(`${name} is "${text}" in the address; expected a whole number from ${low} to ${high}`);
    return otherwise;
  };
  const form = state.get("materialised") ?? "tiled";
  if (form !== "tiled" && form !== "naive") {
    wrong.push(`materialised is "${form}" in the address; expected tiled or naive`);
  }
  const setting: RaceSetting = {
    genes: whole("genes", 978, fewestGenes, mostGenes),
    batch: whole("batch", 4, 1, 128),
    materialised: form === "naive" ? "naive" : "tiled",
    seed: whole("seed", 1, 0, 2 ** 32 - 1),
    anyway: state.get("anyway") === "1",
  };
  return {
    setting,
    wrong: wrong.length > 0 ? `${wrong.join("; ")}. The default stands instead.` : undefined,
  };
}
