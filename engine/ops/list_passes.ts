import { cutAtMost, type Piece, piecesOf } from "../cut.ts";
import type { Step } from "../step.ts";

/**
 * Passes over lists whose lengths lie in data, `longest` at most: as many as let one invocation go over a list of that length
 * within the adapter's loop iterations. Nearly always one.
 */
export function listPasses(step: Step, longest: number): Piece[] {
  return piecesOf(longest, cutAtMost(longest, step.device.maxIterations - 1));
}
