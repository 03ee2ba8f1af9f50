/**
 * Starts a program with a WebGPU adapter: `launch.ts DENO_ARGUMENTS...` runs `deno DENO_ARGUMENTS...` as a child under
 * the environment in which Deno finds the system's adapter, or a software driver unpacked from npm where there is none.
 * The driver is chosen by variables that must be set before a process starts, hence the child.
 *
 * Source: stack.md section 2.
 */
import { fileURLToPath } from "node:url";
import { chooseAdapter } from "./launcher/choose_adapter.ts";
import { runChild } from "./launcher/run_child.ts";

const cache = fileURLToPath(new URL("../.cache", import.meta.url));
try {
  const { environment, line } = await chooseAdapter(cache).catch((error) => {
    // The command that explains a missing adapter must start without one.
    if (Deno.args.includes("doctor")) return { environment: {}, line: `error: ${error.message}` };
    throw error;
  });
  // On the error stream, so that --json output stays clean; not above a help text.
  if (!Deno.args.some((argument) => ["--help", "-h", "help", "--version", "-V"].includes(argument))) {
    console.error(line);
  }
  Deno.exit(await runChild(Deno.args, environment));
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(1);
}
