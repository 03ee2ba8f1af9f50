import type { BenchFile, BenchMachine } from "../../../bench/bench_file.ts";
import { benchDocument } from "../../../bench/bench_document.ts";
import { isWrong, type KernelRow, type RefusedRow } from "../../../bench/kernel_row.ts";
import type { Roofline } from "../../../bench/roofline/roofline.ts";

/** What a race gave. */
export interface Outcome {
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
  readonly roofline: Roofline | null;
  readonly machine: BenchMachine;
  readonly seed: number;
}

/** One form in it: its row of both passes, or why there is none. */
export interface Runner {
  readonly row?: KernelRow;
  readonly refused?: RefusedRow;
}

/** The closed form or the other one. */
export function runner({ rows, refused }: Pick<Outcome, "rows" | "refused">, closed: boolean): Runner {
  const mine = ({ variant }: { variant: string }) => (variant === "closed") === closed;
  return { row: rows.find((row) => mine(row) && row.pass === "both"), refused: refused.find(mine) };
}

/** How many times longer the materialised form took, with its 99 % interval where enough rounds were shared. */
export function ratioOf(outcome: Pick<Outcome, "rows" | "refused">): {
  readonly ratio: number;
  readonly interval: readonly [number, number] | null;
} | undefined {
  const [closed, other] = [runner(outcome, true).row, runner(outcome, false).row];
  if (!closed || !other) return undefined;
  const paired = other.vs_first;
  return paired
    ? { ratio: paired.ratio, interval: [paired.low, paired.high] }
    : { ratio: other.ms_median / closed.ms_median, interval: null };
}

/** Whether a form was left out rather than found wrong. */
export function leftOut({ refused }: Runner): boolean {
  return refused !== undefined && !isWrong(refused);
}

/** The race as `bench kernels --out` writes it. */
export function raceDocument({ rows, refused, roofline, machine, seed }: Outcome, link: string): BenchFile {
  return benchDocument(link, {
    machine,
    seed,
    roofline,
    rooflines: roofline ? [roofline] : [],
    rows,
    refused,
  });
}
