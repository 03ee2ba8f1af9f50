import { csg2aBlockCase } from "../../bench/kernels/csg2a_block.ts";
import type { KernelRun } from "../../bench/kernel_run.ts";
import type { RefusedRow } from "../../bench/kernel_row.ts";
import { type KernelResult, runKernelCase } from "../../bench/run_kernel_case.ts";
import { type Device, Engine } from "../../engine/mod.ts";
import { bytesText, countText, durationText } from "../../report/kit/numbers.ts";
import type { OnStage } from "./on_stage.ts";

/** How the materialised form multiplies: by the fastest kernel of the ladder, or one output a thread. */
export type Materialised = "tiled" | "naive";

/** What races: the block in closed form and with its scores stored, on the same inputs. */
export interface RaceSetting {
  readonly genes: number;
  readonly batch: number;
  readonly materialised: Materialised;
  readonly seed: number;
  /** Runs the materialised form however long it is expected to take. */
  readonly anyway: boolean;
}

/** Width of a gene's query and interactions a gene, as in the released model. */
const [width, degree] = [64, 4];

/** A materialised step that is expected to take longer than this is not begun unasked, in milliseconds: five repeats give an interval. */
const patienceMs = 3000;

/** Genes at which the materialised form is timed to tell how long it will take. */
const probeGenes = 128;

/** Time that a variant may spend, in milliseconds. */
const budgetMs = 600;

/** Scores and their gradients that a software driver is given memory for. */
const mostSoftwareBytes = 2e9;

/** The case without its limit of genes, which is there for the patience of who waits for the whole suite. */
const block = { ...csg2aBlockCase, skip: undefined };

/**
 * Races the two forms. Where the materialised one cannot run, or would take long, it is refused with the reason and the closed form
 * runs alone.
 */
export async function raceBlock(
  gpu: GPU,
  setting: RaceSetting,
  tools: Pick<KernelRun, "roofline" | "canary">,
  onStage: OnStage,
): Promise<KernelResult> {
  const { genes, batch, materialised, seed } = setting;
  const sizes = { genes, batch, width, degree };
  const run = { ...tools, sizes, seed, budgetMs, elsewhere: new Set<string>(), onStage };
  const reason = await whyNot(gpu, setting, tools);
  if (reason === undefined) {
    return await runKernelCase(gpu, block, { ...run, variants: ["closed", materialised] });
  }
  const refused: RefusedRow = {
    kernel: block.name,
    variant: materialised,
    sizes,
    adapter: "",
    max_rel_error: null,
    reason,
  };
  const { rows, refused: others } = await runKernelCase(gpu, block, { ...run, variants: ["closed"] });
  return { rows, refused: [refused, ...others] };
}

/** Which limit of the adapter or the machine the stored scores pass, in one sentence; undefined where they pass none. */
export function limitOf(
  { genes, batch }: Pick<RaceSetting, "genes" | "batch">,
  { maxBinding, adapterClass }: Pick<Device, "maxBinding" | "adapterClass">,
): string | undefined {
  const scores = 4 * genes * genes;
  if (scores > maxBinding) {
    return `the scores of one sample, ${countText(genes)} x ${countText(genes)} floats, are ${
      bytesText(scores)
    }, and this adapter binds at most ${bytesText(maxBinding)} (maxStorageBufferBindingSize).`;
  }
  const stored = 2 * batch * scores;
  return adapterClass === "software" && stored > mostSoftwareBytes
    ? `its scores and their gradients would take ${bytesText(stored)} of this machine's memory.`
    : undefined;
}

/** Why the materialised form does not run at these sizes, in one sentence; undefined where it does. */
async function whyNot(
  gpu: GPU,
  { genes, batch, materialised, seed, anyway }: RaceSetting,
  tools: Pick<KernelRun, "roofline" | "canary">,
): Promise<string | undefined> {
  const engine = await Engine.open(gpu);
  const limit = limitOf({ genes, batch }, engine.device);
  engine.dispose();
  if (limit !== undefined) return limit;
  if (anyway || genes <= 2 * probeGenes) return undefined;
  const probe = await runKernelCase(gpu, block, {
    ...tools,
    sizes: { genes: probeGenes, batch, width, degree },
    variants: [materialised],
    seed,
    repeats: 2,
    budgetMs: budgetMs / 10,
  });
  const ms = probe.rows.find(({ pass }) => pass === "both")?.ms_median;
  if (ms === undefined) return probe.refused[0]?.reason ?? "it gave no time at a small size.";
  const expected = ms * (genes / probeGenes) ** 2;
  return expected > patienceMs
    ? `a step would take about ${durationText(expected / 1000)} here, by its time at ${probeGenes} genes.`
    : undefined;
}
