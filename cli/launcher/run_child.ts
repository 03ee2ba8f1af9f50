/** Signals within this many milliseconds of one another are one: every parent process may hand down its own. */
const sameRequest = 1000;

/** Names the variable that tells a program its launcher's process number. */
export const launcherVariable = "PERTURBINE_LAUNCHER";

/**
 * Runs Deno with the given arguments and environment to its end, as if it had been started directly: it shares the
 * terminal, the user's signals reach it, and its exit code is returned.
 *
 * A Ctrl-C in a terminal goes to the whole process group, so there it is not sent on. Elsewhere a signal is sent on
 * once; when it was meant for the whole group (`timeout`), the program has had one already, which this process cannot
 * know, so the program takes signals within a second for one (`interrupt.ts`). (A group of its own for the program
 * would make this simple, but then SIGKILL and Ctrl-Z would miss it.)
 *
 * Should the launcher's own parent die (a killed `deno task`), the program is asked to stop instead of going on unseen;
 * should the launcher itself be killed, the program notices by {@link launcherVariable}.
 */
export async function runChild(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    // Deno would ask a server whether it is the newest.
    env: { DENO_NO_UPDATE_CHECK: "1", ...environment, [launcherVariable]: String(Deno.pid) },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();

  let lastSent = -Infinity;
  const send = (signal: Deno.Signal) => {
    if (performance.now() - lastSent < sameRequest) return;
    lastSent = performance.now();
    try {
      child.kill(signal);
    } catch {
      // It has ended in the meantime.
    }
  };
  const windows = Deno.build.os === "windows";
  const onTerminal = [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
  const signals: Deno.Signal[] = windows ? ["SIGINT", "SIGBREAK", "SIGHUP"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    // Listened to in any case: this process must outlive the program.
    Deno.addSignalListener(signal, () => {
      if (!windows && !(signal === "SIGINT" && onTerminal)) send(signal);
    });
  }
  const parent = Deno.ppid;
  const watch = setInterval(() => {
    if (Deno.ppid === parent) return;
    send("SIGTERM");
    clearInterval(watch);
  }, 500);

  const { code } = await child.status;
  clearInterval(watch);
  return code;
}
