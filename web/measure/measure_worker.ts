/**
 * Everything that measures runs here, beside the page: float64 references and charts take longer than a page may stand still.
 *
 * @module
 */
import { expose } from "comlink";
import { Canary } from "../../bench/roofline/canary.ts";
import { measureRoofline, type Roofline } from "../../bench/roofline/roofline.ts";
import type { KernelResult } from "../../bench/run_kernel_case.ts";
import type { OnStage } from "./on_stage.ts";
import { raceBlock, type RaceSetting } from "./race_block.ts";

let ceilings: Promise<Roofline> | undefined;
let canary: Promise<Canary> | undefined;

/** This adapter's ceilings, measured once. */
function roofline(): Promise<Roofline> {
  return ceilings ??= measureRoofline(navigator.gpu);
}

/** What the page may ask for. */
const measuring = {
  roofline,
  async race(setting: RaceSetting, onStage: OnStage): Promise<KernelResult> {
    const tools = { roofline: await roofline(), canary: await (canary ??= Canary.open(navigator.gpu)) };
    return await raceBlock(navigator.gpu, setting, tools, onStage);
  },
};

/** The worker as the page sees it. */
export type Measuring = typeof measuring;

expose(measuring);
