import { type Engine, type ObservedPlan, type ReplayTimes, Timestamps } from "../../engine/mod.ts";
import { quantile } from "../statistics.ts";

/** Where the wall-clock time of one step by itself goes, in milliseconds: the parts add up to it. */
export interface StepParts {
  /** From the call to its end on the device, waited for. */
  readonly alone: number;
  /** The host before and between replays: choosing rows, making inputs. */
  readonly preparing: number;
  /** Writing inputs. */
  readonly uploads: number;
  /** Encoding the commands. */
  readonly recording: number;
  /** The kernels' own time. */
  readonly kernels: number;
  /** On the device between the first kernel and the last, when none ran. */
  readonly gaps: number;
  /** The host inside submit, as far as no kernel ran meanwhile. */
  readonly submit: number;
  /** Reading back, as far as no kernel ran meanwhile. */
  readonly readBacks: number;
  /** In the queue before the first kernel and waking the host up after the last: what is left. */
  readonly queue: number;
}

/** Steps of which the median is taken. */
const steps = 5;

/**
 * Runs a step by itself, every kernel between two timestamps, and says where its time goes until nothing is left over. Null
 * without timestamp queries.
 */
export async function explainStep(
  engine: Engine,
  call: () => Promise<void>,
): Promise<StepParts | null> {
  const { device } = engine;
  if (!device.hasTimestamps) return null;
  const all: StepParts[] = [];
  for (let k = 0; k < steps; k++) {
    await device.idle();
    const replays: { times: ReplayTimes; stamps: Timestamps }[] = [];
    const reads: number[] = [];
    const before = device.observer;
    device.observer = {
      timestamps: ({ dispatches }: ObservedPlan) => new Timestamps(device, dispatches.length),
      afterReplay: (_plan, times, stamps) => void replays.push({ times, stamps: stamps! }),
      afterRead: (_bytes, begun, done) => void reads.push(done - begun),
    };
    const started = performance.now();
    try {
      await call();
      await device.idle();
    } finally {
      device.observer = before;
    }
    const alone = performance.now() - started;
    const sum = (of: (times: ReplayTimes) => number) =>
      replays.reduce((total, { times }) => total + of(times), 0);
    let [kernels, span] = [0, 0];
    for (const { stamps } of replays) {
      const passes = await stamps.read();
      if (passes.length === 0) continue;
      kernels += passes.reduce((total, { begin, end }) => total + Number(end - begin) / 1e6, 0);
      span += Number(passes[passes.length - 1].end - passes[0].begin) / 1e6;
    }
    const uploads = sum(({ begun, uploaded }) => uploaded - begun);
    const recording = sum(({ uploaded, encoded }) => encoded - uploaded);
    const [first] = replays;
    const preparing = first ? first.times.begun - started : alone;
    const parts = { alone, preparing, uploads, recording, kernels, gaps: Math.max(0, span - kernels) };
    let rest = alone - preparing - uploads - recording - kernels - parts.gaps;
    const take = (ms: number) => {
      const taken = Math.max(0, Math.min(rest, ms));
      rest -= taken;
      return taken;
    };
    const submit = take(sum(({ encoded, submitted }) => submitted - encoded));
    const readBacks = take(reads.reduce((total, ms) => total + ms, 0) - span);
    all.push({ ...parts, submit, readBacks, queue: rest });
  }
  // One whole step, so that its parts add up: that of median length.
  const middle = quantile(all.map(({ alone }) => alone), 0.5);
  return all.toSorted((a, b) => Math.abs(a.alone - middle) - Math.abs(b.alone - middle))[0];
}

/** The parts in one line, largest first. */
export function stepPartsText({ alone, ...parts }: StepParts): string {
  const names: Readonly<Record<keyof typeof parts, string>> = {
    preparing: "host preparing",
    uploads: "uploads",
    recording: "recording",
    kernels: "kernels",
    gaps: "gaps between kernels",
    submit: "submit",
    readBacks: "read-backs",
    queue: "queue and wake-up",
  };
  const told = (Object.keys(names) as (keyof typeof parts)[]).toSorted((a, b) => parts[b] - parts[a])
    .filter((name) => parts[name] > 0).map((name) =>
      `${names[name]} ${parts[name].toPrecision(3)} (${Math.round(100 * parts[name] / alone)} %)`
    );
  return `one step by itself, ${alone.toPrecision(3)} ms: ${told.join(", ")}`;
}
