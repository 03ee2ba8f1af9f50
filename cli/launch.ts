/**
 * Starts a program with a WebGPU adapter: `launch.ts DENO_ARGUMENTS...` runs `deno DENO_ARGUMENTS...` as a child under
 * the environment in which Deno finds the system's adapter, or a software driver unpacked from npm where there is none.
 * The driver is chosen by variables that must be set before a process starts, hence the child.
 *
 * Source: stack.md section 2.
 */
import { fileURLToPath } from "node:url";
import { type AdapterChoice, chooseAdapter } from "./launcher/choose_adapter.ts";
import { runChild } from "./launcher/run_child.ts";

/** Words after which no adapter is looked for, let alone fetched. */
const needNone = ["convert", "--help", "-h", "help", "--version", "-V"];

const words = Deno.args.slice(Deno.args.findIndex((argument) => argument.endsWith(".ts")) + 1);
const cache = fileURLToPath(new URL("../.cache", import.meta.url));

try {
  const { environment, line } = await choose();
  // On the error stream, so that --json output stays clean.
  if (line) console.error(line);
  Deno.exit(await runChild(Deno.args, environment));
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(1);
}

async function choose(): Promise<AdapterChoice> {
  if (needNone.includes(words[0]) || words.some((word) => word.startsWith("-") && needNone.includes(word))) {
    return { environment: {}, line: "" };
  }
  // Doctor describes the adapter itself, and explains why there is none.
  if (words[0] !== "doctor") return await chooseAdapter(cache);
  return { environment: {}, ...await chooseAdapter(cache).catch(() => undefined), line: "" };
}
