import { Engine } from "../../engine/mod.ts";
import { RandomValues } from "../../testing/random_values.ts";
import type { HostInputs, KernelCase, PreparedCase } from "../kernel_case.ts";
import { relativeError } from "../relative_error.ts";
import { drawAnew, madeLoud } from "./draw_anew.ts";
import { drawSizes } from "./draw_sizes.ts";
import { garbage, Scrub } from "./scrub.ts";

/** Largest error against float64, relative to the largest magnitude, at which a result counts as right. */
export const tolerance = 2e-5;

/** The same for inputs made large: the rounding of an exponent grows with it, an overflow leaves no number at all. */
const loudTolerance = 1e-4;

/** Sizes beside the measured ones at which every variant is checked. */
const drawnSizes = 2;

/** Largest errors of a pass. */
export interface PassErrors {
  readonly forward: number;
  readonly backward: number;
}

/** Puts inputs where the step reads them, and state back. */
export function load(engine: Pick<Engine, "device">, prepared: PreparedCase, host: HostInputs): void {
  prepared.reset?.();
  for (const [name, values] of Object.entries(host)) {
    const { buffer, offset } = prepared.plan.location(prepared.inputs[name].tensor);
    if (values.length > 0) engine.device.queue.writeBuffer(buffer, offset, values);
  }
}

/** Compares what the last replay left with what it should be, both by name. */
export async function errorsOf(
  { results }: Pick<PreparedCase, "results">,
  expected: Readonly<Record<string, ArrayLike<number>>>,
): Promise<PassErrors> {
  const worst = { forward: 0, backward: 0 };
  for (const { name, pass, read } of results) {
    worst[pass] = Math.max(worst[pass], relativeError(await read(), expected[name]));
  }
  return worst;
}

/** Whether the last replay left any value unwritten, or not finite. */
export async function leftPoison({ results }: Pick<PreparedCase, "results">): Promise<boolean> {
  for (const { read } of results) {
    const values = await read();
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i]) || values[i] === garbage) return true;
    }
  }
  return false;
}

/** Replays once from poisoned memory on the given inputs. */
export function replayScrubbed(
  engine: Engine,
  prepared: PreparedCase,
  host: HostInputs,
  scrub: Scrub,
  round: number,
): void {
  load(engine, prepared, host);
  const encoder = engine.device.handle.createCommandEncoder();
  scrub.poison(encoder, prepared.plan, round);
  engine.device.queue.submit([encoder.finish()]);
  prepared.plan.replay(new Map(), prepared.values ?? engine.still);
}

/** What a wrong result is called. */
export function wrongResult(error: number, allowed: number, when = ""): string {
  const off = Number.isFinite(error)
    ? `off by ${error.toExponential(1)} of the largest value, ${allowed} allowed`
    : "a value is missing or not finite";
  return `wrong result${when}: ${off}`;
}

/** A finding against a variant. */
export interface Finding {
  readonly error: number;
  readonly reason: string;
}

/**
 * Checks a variant where it is not timed: at sizes drawn at random, on two sets of inputs each so that nothing kept from
 * the first passes for the second, and on inputs made large. Undefined when all is right.
 */
export async function checkElsewhere(
  gpu: GPU,
  kernel: KernelCase,
  variant: string,
  seed: number,
  subgroups?: boolean,
): Promise<Finding | undefined> {
  const engine = await Engine.open(gpu, { subgroups });
  const scrub = new Scrub(engine);
  try {
    const random = new RandomValues(seed ^ 0x5eed);
    for (let draw = 0; draw < drawnSizes; draw++) {
      const sizes = drawSizes(kernel, variant, draw, random, new Set(engine.device.adapter.features));
      if (!sizes) continue;
      const at = Object.entries(sizes).map(([name, value]) => `${name}=${value}`).join(" ");
      const prepared = await kernel.prepare(engine, variant, sizes, new RandomValues(seed + draw));
      try {
        const sets = [0, 1].map((round) => [drawAnew(prepared, seed, round), ""]) as [HostInputs, string][];
        if (kernel.loud) sets.push([madeLoud(sets[0][0], kernel.loud), " with large values"]);
        for (const [set, [host, how]] of sets.entries()) {
          replayScrubbed(engine, prepared, host, scrub, set);
          const { forward, backward } = await errorsOf(prepared, prepared.expected(host));
          const error = Math.max(forward, backward);
          const usual = kernel.tolerances?.[variant] ?? tolerance;
          const allowed = how === "" ? usual : Math.max(usual, loudTolerance);
          if (error <= allowed) continue;
          return { error, reason: wrongResult(error, allowed, ` at ${at}${how}`) };
        }
      } finally {
        prepared.dispose?.();
        prepared.plan.dispose();
      }
    }
  } finally {
    scrub.dispose();
    engine.dispose();
  }
}
