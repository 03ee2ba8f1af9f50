import { isWrong, type KernelRow, type RefusedRow } from "../../../bench/kernel_row.ts";
import type { Measured } from "../../measured.ts";

/** One form in it: its row of both passes, or why there is none. */
export interface Runner {
  readonly row?: KernelRow;
  readonly refused?: RefusedRow;
}

/** The closed form or the other one. */
export function runner({ rows, refused }: Pick<Measured, "rows" | "refused">, closed: boolean): Runner {
  const mine = ({ variant }: { variant: string }) => (variant === "closed") === closed;
  return { row: rows.find((row) => mine(row) && row.pass === "both"), refused: refused.find(mine) };
}

/** How many times longer the materialised form took, with its 99 % interval where enough rounds were shared. */
export function ratioOf(outcome: Pick<Measured, "rows" | "refused">): {
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
