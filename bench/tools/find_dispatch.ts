import { closestName } from "../../datasets/readers/closest_name.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { Dispatch } from "../../engine/mod.ts";

/**
 * Place of the `call`-th dispatch (from 1) of a kernel in a step.
 *
 * @throws {UserError} when the step does not run it, or not so often.
 */
export function findDispatch(dispatches: readonly Dispatch[], kernel: string, call = 1): number {
  const places = dispatches.keys().filter((k) => dispatches[k].kernel.name === kernel).toArray();
  if (places.length >= call) return places[call - 1];
  if (places.length > 0) {
    throw new UserError(
      `The step runs ${kernel} ${
        times(places.length)
      }, so --call ${call} finds none; \`kernel list --calls ${kernel}\` shows them.`,
    );
  }
  const names = [...new Set(dispatches.map((dispatch) => dispatch.kernel.name))].sort();
  throw new UserError(unknownKernel(kernel, names));
}

/** That a step runs no such kernel, and what it may have been. */
export function unknownKernel(kernel: string, names: readonly string[]): string {
  const close = closestName(kernel, names);
  return `The step runs no kernel called "${kernel}"${
    close ? `; did you mean ${close}?` : `, only ${[...new Set(names)].join(", ")}.`
  }`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
