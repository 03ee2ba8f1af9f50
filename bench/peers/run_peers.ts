import { tolerance } from "../judge/judge.ts";
import type { Sizes } from "../kernel_case.ts";
import { relativeError } from "../relative_error.ts";
import { quantile } from "../statistics.ts";
import type { Contender } from "./contenders.ts";
import { type PeerCaseName, peerCases, type PeerForm, type PeerPass } from "./peer_case.ts";
import { PeerProcess } from "./peer_process.ts";
import type { PeerWork } from "./protocol.ts";

/** One contender at one piece of work. Names are those of the kernel benchmark's rows. */
export interface PeerRow {
  readonly kernel: PeerCaseName;
  /** Contender, with the form of the CSG2A core. */
  readonly variant: string;
  readonly pass: PeerPass;
  readonly sizes: Sizes;
  readonly adapter: string;
  readonly timer: "wall clock";
  /** Rounds, and runs between two waits in each. */
  readonly repeats: number;
  readonly iterations: number;
  readonly ms_median: number;
  readonly ms_min: number;
  readonly ms_spread: number;
  readonly samples_ms: readonly number[];
  /** Upload, compilation and first run. */
  readonly first_ms: number;
  readonly max_rel_error: number;
  /** Median over the rounds of its time over Perturbine's in the same round; null for Perturbine itself. */
  readonly times_perturbine: number | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** A contender that gave no time. */
export interface RefusedPeer {
  /** Empty where its library could not even be started. */
  readonly kernel: string;
  readonly variant: string;
  readonly pass?: PeerPass;
  readonly sizes: Sizes;
  readonly adapter: string;
  readonly max_rel_error: number | null;
  readonly reason: string;
}

/** What to run. */
export interface PeerRun {
  readonly contenders: readonly Contender[];
  readonly cases: readonly PeerCaseName[];
  /** Sizes by case. */
  readonly sizes: (name: PeerCaseName) => Sizes;
  readonly seed: number;
  readonly rounds: number;
  /** Milliseconds a contender shall run between two waits, if one run is shorter. */
  readonly budgetMs: number;
  /** Told before each piece of work. */
  readonly onWork?: (work: PeerWork) => void;
}

interface Running {
  readonly name: string;
  readonly process: PeerProcess;
  readonly adapter: string;
  readonly versions: Readonly<Record<string, string>>;
}

interface Entered extends Running {
  readonly form: PeerForm;
  readonly error: number;
  readonly firstMs: number;
  readonly iterations: number;
  readonly times: number[];
}

/**
 * Has every contender do the same work on the same inputs, each in a process of its own: outputs are checked against
 * float64 before anything is timed, and rounds are interleaved, so that a busy machine slows all alike.
 */
export async function runPeers(run: PeerRun): Promise<{ rows: PeerRow[]; refused: RefusedPeer[] }> {
  const rows: PeerRow[] = [];
  const refused: RefusedPeer[] = [];
  const running: Running[] = [];
  try {
    for (const contender of run.contenders) {
      try {
        running.push({ name: contender.name, ...await PeerProcess.start(contender) });
      } catch (error) {
        const reason = (error as Error).message;
        const { name: variant } = contender;
        refused.push({ kernel: "", variant, sizes: {}, adapter: "", max_rel_error: null, reason });
      }
    }
    for (const name of run.cases) {
      for (const pass of ["forward", "both"] as const) {
        const sizes = run.sizes(name);
        const entered: Entered[] = [];
        for (const form of peerCases[name].forms) {
          // A process holds one prepared piece of work: forms take turns as whole races.
          const work: PeerWork = { case: name, form, pass, sizes, seed: run.seed };
          run.onWork?.(work);
          const here = await race(running, work, run, refused);
          entered.push(...here);
        }
        rows.push(...rowsOf(name, pass, sizes, entered));
      }
    }
    return { rows, refused };
  } finally {
    for (const { process } of running) await process.end();
  }
}

async function race(
  running: readonly Running[],
  work: PeerWork,
  { rounds, budgetMs }: PeerRun,
  refused: RefusedPeer[],
): Promise<Entered[]> {
  const expected = peerCases[work.case].expected(
    work.sizes,
    peerCases[work.case].inputs(work.sizes, work.seed),
  );
  const wanted = Object.keys(expected).filter((name) => (name === "y") === (work.pass === "forward"));
  const entered: Entered[] = [];
  for (const contender of running) {
    const { case: kernel, pass, sizes } = work;
    const variant = variantName(contender.name, work.form);
    const place = { kernel, variant, pass, sizes, adapter: contender.adapter };
    try {
      const { outputs, firstMs } = await contender.process.prepare(work);
      const error = Math.max(...wanted.map((name) => relativeError(outputs[name] ?? [], expected[name])));
      if (!(error <= tolerance)) {
        const reason = `wrong result: off by ${
          error.toExponential(1)
        } of the largest value, ${tolerance} allowed`;
        refused.push({ ...place, max_rel_error: error, reason });
        continue;
      }
      const once = await contender.process.time(1);
      const iterations = Math.min(200, Math.max(1, Math.round(budgetMs / Math.max(once, 0.1))));
      entered.push({ ...contender, form: work.form, error, firstMs, iterations, times: [] });
    } catch (error) {
      refused.push({ ...place, max_rel_error: null, reason: (error as Error).message });
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { process, iterations, times } of entered) {
      times.push(await process.time(iterations) / iterations);
    }
  }
  return entered;
}

function rowsOf(kernel: PeerCaseName, pass: PeerPass, sizes: Sizes, entered: readonly Entered[]): PeerRow[] {
  const own = entered.filter(({ name }) => name === "perturbine");
  return entered.map(({ name, form, adapter, versions, error, firstMs, iterations, times }) => {
    const rival = own.find((other) => other.form === form);
    const ratios = rival ? times.map((time, round) => time / rival.times[round]) : [];
    return {
      kernel,
      variant: variantName(name, form),
      pass,
      sizes,
      adapter,
      timer: "wall clock",
      repeats: times.length,
      iterations,
      ms_median: quantile(times, 0.5),
      ms_min: Math.min(...times),
      ms_spread: quantile(times, 0.75) - quantile(times, 0.25),
      samples_ms: times,
      first_ms: firstMs,
      max_rel_error: error,
      times_perturbine: name === "perturbine" || ratios.length === 0 ? null : quantile(ratios, 0.5),
      versions,
    };
  });
}

function variantName(contender: string, form: PeerForm): string {
  return form === "plain" ? contender : `${contender} ${form}`;
}
