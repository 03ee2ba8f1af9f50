import { launcherVariable } from "./launcher/run_child.ts";

/** Signals within this many milliseconds are one: the terminal, `timeout` and each parent process may send theirs. */
const sameRequest = 1000;

/**
 * Ctrl-C (or SIGTERM, or SIGHUP of a closed session) as an abort signal; a second one, a second later or more, ends the process at once.
 *
 * The death of the launcher counts as one: nobody could stop the program any more who does not look for its process.
 */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

/** Listens until disposed. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  // Windows knows no SIGTERM; SIGHUP is its closed console, SIGBREAK its Ctrl-Break.
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK", "SIGHUP"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  let first = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
    } else if (performance.now() - first > sameRequest) {
      Deno.exit(130);
    }
  };
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  const launcher = Deno.ppid;
  // The variable is inherited: a program started by a launched one has another parent.
  const watch = Deno.env.get(launcherVariable) !== String(launcher) ? undefined : setInterval(() => {
    if (Deno.ppid === launcher) return;
    clearInterval(watch);
    onSignal();
  }, 500);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearInterval(watch);
      for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
    },
  };
}
