/** Signals within this time of one another are one: a terminal and every parent process may each send theirs. */
const sameKeypress = 500;

/**
 * Runs Deno with the given arguments and environment to its end, as if it had been started directly: it shares the
 * terminal, gets each of the user's signals once, and its exit code is returned.
 *
 * A Ctrl-C in a terminal reaches the whole process group, so it is not sent on; a signal to the launcher alone is.
 * (A SIGINT sent to a whole group without a terminal arrives twice: the program takes two within a second for one.
 * A group of its own would cure that, but then SIGKILL and Ctrl-Z to the group would miss the program.)
 * Should the launcher's own parent die (a killed `deno task`), the program is asked to stop instead of going on unseen.
 */
export async function runChild(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...environment },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();

  let lastSent = -Infinity;
  const send = (signal: Deno.Signal) => {
    if (performance.now() - lastSent < sameKeypress) return;
    lastSent = performance.now();
    try {
      child.kill(signal);
    } catch {
      // It has ended in the meantime.
    }
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  const fromTerminal = Deno.stdin.isTerminal() || Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      if (!(signal === "SIGINT" && fromTerminal) && Deno.build.os !== "windows") send(signal);
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
