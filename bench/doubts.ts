import type { KernelRow } from "./kernel_row.ts";

/** Fewer repeats than this say nothing of noise. */
const fewestRepeats = 5;

/** Beyond this the halves of the repeats tell different stories. */
const mostDrift = 1.3;

/** Why a row is not to be quoted: an impossible rate, few repeats, or a machine that changed under it. */
export function doubtsOf(
  { flag, repeats, drift }: Pick<KernelRow, "flag" | "repeats" | "drift">,
): string[] {
  const doubts: string[] = [];
  if (flag) doubts.push(flag);
  if (repeats < fewestRepeats) {
    doubts.push(`${repeats} repeat${repeats === 1 ? " tells" : "s tell"} nothing of its noise`);
  } else if (drift > mostDrift || drift < 1 / mostDrift) {
    doubts.push(`its times drifted by a factor of ${drift.toFixed(2)}: the machine was busy`);
  }
  return doubts;
}
