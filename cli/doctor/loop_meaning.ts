import { probedIterations } from "../../engine/loop_budget.ts";

/** One line on the loop iterations that an adapter was seen to run in one thread. */
export function loopMeaning(iterations: number): string {
  const count = iterations.toLocaleString("en-GB");
  return iterations > probedIterations
    ? `${count} iterations a thread, all that were asked for: sums as long are run whole, longer ones in parts`
    : `${count} iterations a thread, then this driver leaves loops without an error: longer sums are run in parts, ` +
      "or refused by name";
}
