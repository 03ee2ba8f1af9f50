import { UserError } from "../user_error.ts";

/** Said by what did not come to an end. */
export class EndlessError extends UserError {
  /** The class name, for messages. */
  override name = "EndlessError";
}

/** The part of Node's module `vm` that is used here: a script that is stopped from outside, the calls that it makes too. */
interface ScriptModule {
  readonly Script: new (code: string) => { runInThisContext(options: { timeout: number }): unknown };
}

/** Where the script finds what it calls. */
const place = Symbol.for("perturbine.timeLimit");
const world = globalThis as { [place]?: () => unknown } & {
  process?: { getBuiltinModule?(name: "node:vm"): ScriptModule };
};
const vm = world.process?.getBuiltinModule?.("node:vm");
const script = vm && new vm.Script(`globalThis[Symbol.for("perturbine.timeLimit")]()`);

/**
 * Seconds that a library may work on so many bytes without a pause: hundreds of times what sound files take (a MiB takes 0.04 s), since
 * these are seconds of the clock and a machine may be busy.
 */
export function secondsFor(bytes: number): number {
  return 10 + bytes / 2 ** 20;
}

/**
 * Runs what may never come to an end on a damaged file, and stops it where it does not: no state of it may be used afterwards. In a
 * browser, which has no such means, it is run as it is.
 *
 * @param path of the file, for the message
 * @param seconds of the clock, see {@link secondsFor}
 * @throws {EndlessError} when it was stopped
 */
export function endInTime<Result>(path: string, seconds: number, run: () => Result): Result {
  if (script === undefined) return run();
  const before = world[place];
  let result: { readonly value: Result } | undefined, failure: { readonly error: unknown } | undefined;
  // What is thrown inside is kept, so that only the end of the time comes out of the script.
  world[place] = () => {
    try {
      result = { value: run() };
    } catch (error) {
      failure = { error };
    }
  };
  try {
    script.runInThisContext({ timeout: Math.ceil(1000 * seconds) });
  } catch {
    throw new EndlessError(
      `${path}: reading it did not come to an end within ${
        Number(seconds.toPrecision(3))
      } s; the file is damaged, copy or download it again.`,
    );
  } finally {
    world[place] = before;
  }
  if (failure) throw failure.error;
  return result!.value;
}
