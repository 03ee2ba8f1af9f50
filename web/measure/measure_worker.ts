/**
 * Everything that measures runs here, beside the page: float64 references and charts take longer than a page may stand still.
 *
 * @module
 */
import { expose } from "comlink";
import type { Sizes } from "../../bench/kernel_case.ts";
import type { KernelRow } from "../../bench/kernel_row.ts";
import { rooflineChart, rooflinePoints } from "../../bench/report/roofline_chart.ts";
import { Canary } from "../../bench/roofline/canary.ts";
import { measureRoofline, type Roofline } from "../../bench/roofline/roofline.ts";
import { type KernelResult, runKernelCase } from "../../bench/run_kernel_case.ts";
import { caseOf, catalogue } from "./catalogue.ts";
import type { OnStage } from "./on_stage.ts";
import { raceBlock, type RaceSetting } from "./race_block.ts";
import { type Shader, shadersOf, type Trial, tryEdit } from "./shaders.ts";

/** Milliseconds that a variant may spend. */
const budgetMs = 250;

/** A drawing, and the marks in it. */
export interface RooflinePlot {
  readonly svg: string;
  readonly marks: readonly { readonly kernel: string; readonly variant: string; readonly mark: string }[];
}

let ceilings: Promise<Roofline> | undefined;
let canary: Promise<Canary> | undefined;

/** This adapter's ceilings, measured once. */
function roofline(): Promise<Roofline> {
  return ceilings ??= measureRoofline(navigator.gpu);
}

let last: Promise<unknown> = Promise.resolve();

/** One measurement after the other, whoever asks: two at once would slow one another. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine;
  return mine;
}

const tools = async () => ({
  roofline: await roofline(),
  canary: await (canary ??= Canary.open(navigator.gpu)),
});

/** What the page may ask for. */
const measuring = {
  catalogue,
  roofline: () => inTurn(roofline),

  /** The CSG2A block in closed form and with its scores stored. */
  race(setting: RaceSetting, onStage: OnStage): Promise<KernelResult> {
    return inTurn(async () => await raceBlock(navigator.gpu, setting, await tools(), onStage));
  },

  /** The ladder of one kernel of the suite. */
  kernel(
    { name, variants, sizes, seed }: {
      readonly name: string;
      readonly variants: readonly string[];
      readonly sizes: Sizes;
      readonly seed: number;
    },
    onStage: OnStage,
  ): Promise<KernelResult> {
    return inTurn(async () => {
      const elsewhere = new Set<string>();
      const run = { variants, sizes, seed, budgetMs, elsewhere, onStage, ...await tools() };
      return await runKernelCase(navigator.gpu, caseOf(name), run);
    });
  },

  /** The shaders of one variant of a kernel. */
  shaders(name: string, variant: string, sizes: Sizes): Promise<Shader[]> {
    return inTurn(() => shadersOf(navigator.gpu, caseOf(name), variant, sizes));
  },

  /** One variant as it stands and with a shader edited. */
  edited(name: string, trial: Trial, onStage: OnStage): Promise<KernelResult> {
    return inTurn(async () =>
      await tryEdit(navigator.gpu, caseOf(name), trial, { ...await tools(), budgetMs, onStage })
    );
  },

  /** Every kernel under the ceilings, and which number stands for which. */
  async rooflinePlot(rows: readonly KernelRow[], ceilings: Roofline): Promise<RooflinePlot> {
    const points = rooflinePoints(rows);
    const marks = points.map(({ number, letter, row: { kernel, variant } }) => ({
      kernel,
      variant,
      mark: `${number}${letter}`,
    }));
    return { svg: (await rooflineChart(points, ceilings)).source, marks };
  },
};

/** The worker as the page sees it. */
export type Measuring = typeof measuring;

expose(measuring);
